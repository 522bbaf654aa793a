using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;

namespace Silo.Handlers.Http;

/// <summary>One request of a task: the first, or one that a redirect asks for.</summary>
internal sealed record HttpStep(HttpMethod Method, Uri Url, IReadOnlyDictionary<string, string> Headers, JsonElement? Body)
{
    private const string NeverDowngraded = "leads from https to http";

    public static HttpStep First(HttpPayload payload, Uri url, string idempotencyKey)
    {
        var headers = new Dictionary<string, string>(payload.Headers ?? new Dictionary<string, string>(), StringComparer.OrdinalIgnoreCase);
        headers.TryAdd("User-Agent", "Silo");
        // An attempt may follow one whose answer was lost: with the key, the receiver can tell.
        if (payload.Method == "POST")
            headers.TryAdd("Idempotency-Key", Ascii.IsValid(idempotencyKey) ? idempotencyKey : Uri.EscapeDataString(idempotencyKey));
        return new HttpStep(payload.Method == "POST" ? HttpMethod.Post : HttpMethod.Get, url, headers, payload.Body);
    }

    /// <summary>Whether an answer asks for another request.</summary>
    public static bool IsRedirect(HttpResponseMessage response) =>
        (int)response.StatusCode is 301 or 302 or 303 or 307 or 308 && response.Headers.NonValidated.Contains("Location");

    /// <summary>The request that a redirect asks for.</summary>
    /// <param name="refusal">Why there is none, as the end of a sentence.</param>
    public HttpStep? Follow(HttpResponseMessage redirect, out string? refusal)
    {
        var location = redirect.Headers.NonValidated["Location"].ToString();
        if (!Uri.TryCreate(Url, location, out var next))
            refusal = "is no URL";
        else if (Url.Scheme == Uri.UriSchemeHttps && next.Scheme == Uri.UriSchemeHttp)
            refusal = NeverDowngraded;
        else
            refusal = UrlRules.Refuse(next!);
        if (refusal is not null)
            return null;

        var sameOrigin = Uri.Compare(Url, next, UriComponents.SchemeAndServer, UriFormat.UriEscaped, StringComparison.OrdinalIgnoreCase) == 0;
        var headers = sameOrigin ? Headers : Headers.Where(header => HeaderRules.MaySeeElsewhere(header.Key)).ToDictionary(StringComparer.OrdinalIgnoreCase);
        var keepsMethod = redirect.StatusCode is HttpStatusCode.TemporaryRedirect or HttpStatusCode.PermanentRedirect;
        return keepsMethod ? new HttpStep(Method, next!, headers, Body) : new HttpStep(HttpMethod.Get, next!, headers, Body: null);
    }

    public HttpRequestMessage ToRequest()
    {
        var request = new HttpRequestMessage(Method, Url) { Content = Method == HttpMethod.Get ? null : Content() };
        foreach (var (name, value) in Headers)
        {
            // Which of the two collections a header belongs to is fixed by its name; one of a body that is not there is not sent.
            if (!request.Headers.TryAddWithoutValidation(name, value) && request.Content is { } content)
            {
                content.Headers.Remove(name);
                content.Headers.TryAddWithoutValidation(name, value);
            }
        }

        return request;
    }

    private ByteArrayContent Content()
    {
        var (text, type) = Body switch
        {
            null => ("", null),
            { ValueKind: JsonValueKind.String } body => (body.GetString()!, "text/plain"),
            { } body => (body.GetRawText(), "application/json"),
        };
        var content = new ByteArrayContent(Encoding.UTF8.GetBytes(text));
        content.Headers.ContentType = type is null ? null : new MediaTypeHeaderValue(type, "utf-8");
        return content;
    }
}
