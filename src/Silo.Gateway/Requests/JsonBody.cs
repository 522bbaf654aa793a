using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using System.Text.Unicode;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Net.Http.Headers;
using Silo.Contracts.Problems;
using Silo.Gateway.Problems;

namespace Silo.Gateway.Requests;

/// <summary>A request's body, read whole and strictly.</summary>
internal static class JsonBody
{
    /// <summary>The bytes of a body that says it is JSON; an empty one is allowed only where nothing need be said.</summary>
    /// <exception cref="BadHttpRequestException">The body is larger than the limit, or ends early.</exception>
    public static async Task<(ReadOnlyMemory<byte> Utf8, ProblemResult? Refusal)> ReadBytesAsync(HttpContext context, GatewayOptions options)
    {
        if (!Says(context.Request, "application/json"))
        {
            return (default, ApiProblems.UnsupportedMediaType(context.Request.ContentType));
        }

        if (context.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } limit)
            limit.MaxRequestBodySize = options.BodyBytesMax;
        if (context.Request.ContentLength > options.BodyBytesMax)
            return (default, ApiProblems.BodyTooLarge(options.BodyBytesMax));

        using var buffer = new MemoryStream((int)(context.Request.ContentLength ?? 0));
        await context.Request.Body.CopyToAsync(buffer, context.RequestAborted);
        var bytes = buffer.GetBuffer().AsMemory(0, (int)buffer.Length);
        // A byte order mark is what some editors and shells put in front; it is no part of the JSON.
        return (bytes.Span.StartsWith("\uFEFF"u8) ? bytes[3..] : bytes, null);
    }

    /// <summary>Reads a record; what is wrong goes to <paramref name="problems"/>. The answer is null when too little was right to look at it further.</summary>
    /// <param name="root">What to call the whole body in a problem's path; empty when its fields stand for themselves.</param>
    public static T? Parse<T>(ReadOnlyMemory<byte> utf8, JsonTypeInfo<T> info, string root, RequestProblems problems)
        where T : class
    {
        if (!Utf8.IsValid(utf8.Span))
        {
            problems.Add("body", ProblemCodes.InvalidJson, "must be UTF-8");
            return null;
        }

        if (!JsonEscapes.ArePaired(utf8.Span))
        {
            problems.Add("body", ProblemCodes.InvalidJson, "has a \\u escape that is half of a surrogate pair");
            return null;
        }

        try
        {
            if (JsonSerializer.Deserialize(utf8.Span, info) is { } value)
                return value;
        }
        catch (JsonException)
        {
            // The serializer stops at the first problem and names it in its own words: the shape check below finds all of them.
        }

        return new ShapeCheck(info.Options, problems).Salvage(utf8, info, root);
    }

    /// <summary>Whether the body is said to be of a media type, in UTF-8 and not compressed.</summary>
    public static bool Says(HttpRequest request, string mediaType) =>
        MediaTypeHeaderValue.TryParse(request.ContentType, out var type)
        && type.MediaType.Equals(mediaType, StringComparison.OrdinalIgnoreCase)
        && (!type.Charset.HasValue || type.Charset.Equals("utf-8", StringComparison.OrdinalIgnoreCase) || type.Charset.Equals("\"utf-8\"", StringComparison.OrdinalIgnoreCase))
        && request.Headers.ContentEncoding is [] or ["identity"];
}
