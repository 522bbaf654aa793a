using System.Net;
using System.Text;
using Silo.Core.Handlers;

namespace Silo.Handlers.Http;

/// <summary>Sends a request, follows redirects by hand, and reads the final answer. One for the process: it keeps the connections.</summary>
internal sealed class HttpExchange : IDisposable
{
    private const int RedirectsMax = 5;
    private const int ShownBytesMax = 512;
    private readonly HttpMessageInvoker _invoker;
    private readonly int _responseBytesMax;

    public HttpExchange(HttpHandlerOptions options, GuardedConnector connector)
    {
        _responseBytesMax = options.ResponseBytesMax;
        _invoker = new HttpMessageInvoker(new SocketsHttpHandler
        {
            // Every hop goes through the connector again, which an automatic redirect would do too, and through the rules for URLs, which it would not.
            AllowAutoRedirect = false,
            UseProxy = false,
            UseCookies = false,
            // A small body that unpacks to gigabytes is handed over as it came.
            AutomaticDecompression = DecompressionMethods.None,
            ActivityHeadersPropagator = null,
            ConnectCallback = (context, cancellationToken) => connector.ConnectAsync(context.DnsEndPoint, cancellationToken),
            ConnectTimeout = TimeSpan.FromSeconds(15),
            MaxConnectionsPerServer = 64,
            MaxResponseHeadersLength = 32,
            MaxResponseDrainSize = 0,
            PooledConnectionIdleTimeout = TimeSpan.FromSeconds(30),
            PooledConnectionLifetime = TimeSpan.FromMinutes(2),
        });
    }

    /// <exception cref="TaskFailedException">The answer is a failure, is too big, or redirects where it may not.</exception>
    /// <exception cref="HttpRequestException">There is no answer.</exception>
    public async Task<HttpResult> RunAsync(HttpStep step, IReadOnlyList<int>? expected, TimeProvider time, CancellationToken cancellationToken)
    {
        var started = time.GetTimestamp();
        for (var redirects = 0; ; redirects++)
        {
            using var request = step.ToRequest();
            using var response = await _invoker.SendAsync(request, cancellationToken);
            var status = (int)response.StatusCode;
            if (expected?.Contains(status) != true && HttpStep.IsRedirect(response))
            {
                step = Follow(step, response, redirects);
                continue;
            }

            if (expected is null ? status is < 200 or >= 400 : !expected.Contains(status))
                throw await FailureAsync(step, response, cancellationToken);
            var content = await ResponseBody.ReadAsync(response.Content, _responseBytesMax, cancellationToken);
            var (body, encoding) = ResponseBody.Write(content.Span);
            var milliseconds = Math.Round(time.GetElapsedTime(started).TotalMilliseconds, 3);
            return new HttpResult(status, step.Url.AbsoluteUri, HeaderRules.TellOf(response), body, encoding, content.Length, milliseconds);
        }
    }

    public void Dispose() => _invoker.Dispose();

    private static HttpStep Follow(HttpStep step, HttpResponseMessage response, int redirects)
    {
        if (redirects == RedirectsMax)
            throw new TaskFailedException("too_many_redirects", $"{step.Url} redirects again after {RedirectsMax} redirects.", retry: false);
        return step.Follow(response, out var refusal)
            ?? throw new TaskFailedException("redirect_not_allowed", $"{step.Url} redirects to '{response.Headers.NonValidated["Location"]}', which {refusal}.", retry: false);
    }

    private static async Task<TaskFailedException> FailureAsync(HttpStep step, HttpResponseMessage response, CancellationToken cancellationToken)
    {
        var status = (int)response.StatusCode;
        var shown = new byte[ShownBytesMax];
        await using var body = await response.Content.ReadAsStreamAsync(cancellationToken);
        var length = await body.ReadAtLeastAsync(shown, shown.Length, throwOnEndOfStream: false, cancellationToken);
        var text = length == 0 ? "" : $": {Encoding.UTF8.GetString(shown, 0, length)}";
        // Too many requests, and what went wrong at the other side, may pass; any other answer stays the same.
        return new TaskFailedException("http_status", $"{step.Method} {step.Url} answered {status}{text}", retry: status is 429 or >= 500);
    }
}
