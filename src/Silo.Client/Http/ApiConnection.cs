using System.Net.Http.Headers;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Silo.Contracts.Json;

namespace Silo.Client.Http;

/// <summary>Sends one call and reads its answer.</summary>
internal sealed class ApiConnection : IDisposable
{
    private static readonly MediaTypeHeaderValue Json = new("application/json");

    private static readonly TimeSpan ConnectTimeout = TimeSpan.FromSeconds(5);

    private readonly HttpClient _http;
    private readonly TimeProvider _time;

    public ApiConnection(Uri server, string? apiKey, TimeProvider time)
    {
        // Not left to the header: that would repeat the secret in its message.
        if (apiKey is not null && !SiloHttpClient.IsApiKey(apiKey))
            throw new ArgumentException("The API key has characters that no header carries: visible ASCII characters without spaces were expected.", nameof(apiKey));
        _time = time;
        _http = new HttpClient(NewHandler(server))
        {
            BaseAddress = new Uri(server.AbsoluteUri.TrimEnd('/') + "/"),
            // Each call has a limit of its own: a long poll may take what a beat must not.
            Timeout = Timeout.InfiniteTimeSpan,
        };
        if (apiKey is not null)
            _http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", apiKey);
    }

    public Task<TAnswer> GetAsync<TAnswer>(string path, JsonTypeInfo<TAnswer> info, TimeSpan limit, CancellationToken cancellationToken) =>
        SendAsync(HttpMethod.Get, path, null, info, limit, cancellationToken);

    public Task<TAnswer> SendAsync<TRequest, TAnswer>(
        HttpMethod method, string path, TRequest request, JsonTypeInfo<TRequest> requestInfo, JsonTypeInfo<TAnswer> info, TimeSpan limit, CancellationToken cancellationToken)
    {
        var content = new ByteArrayContent(JsonSerializer.SerializeToUtf8Bytes(request, requestInfo));
        content.Headers.ContentType = Json;
        return SendAsync(method, path, content, info, limit, cancellationToken);
    }

    /// <exception cref="SiloApiException">The server refused, or answered with something that is not of this API.</exception>
    /// <exception cref="HttpRequestException">The server was not reached, or the connection broke.</exception>
    /// <exception cref="TimeoutException">No answer came within <paramref name="limit"/>.</exception>
    public Task<TAnswer> SendAsync<TAnswer>(
        HttpMethod method, string path, HttpContent? content, JsonTypeInfo<TAnswer> info, TimeSpan limit, CancellationToken cancellationToken) =>
        SendAsync(method, path, content, (response, body) => Read(response, body, info), limit, cancellationToken);

    /// <inheritdoc cref="SendAsync{TAnswer}(HttpMethod, string, HttpContent?, JsonTypeInfo{TAnswer}, TimeSpan, CancellationToken)"/>
    /// <param name="read">Makes the answer of a body that was not refused.</param>
    public async Task<TAnswer> SendAsync<TAnswer>(
        HttpMethod method, string path, HttpContent? content, Func<HttpResponseMessage, byte[], TAnswer> read, TimeSpan limit, CancellationToken cancellationToken)
    {
        using var late = new CancellationTokenSource(limit, _time);
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(late.Token, cancellationToken);
        using var request = new HttpRequestMessage(method, path) { Content = content };
        try
        {
            using var response = await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, ended.Token);
            var body = await response.Content.ReadAsByteArrayAsync(ended.Token);
            return response.IsSuccessStatusCode ? read(response, body) : throw Refusal(response, body);
        }
        catch (OperationCanceledException cancelled) when (!cancellationToken.IsCancellationRequested && (late.IsCancellationRequested || cancelled.InnerException is TimeoutException))
        {
            // The second is the handler's own: no connection was made in time.
            throw Late(method, path, late.IsCancellationRequested ? limit : null);
        }
    }

    /// <summary>Opens an answer that goes on: the caller reads it and disposes of it.</summary>
    /// <param name="lastId">Where an earlier one ended; null for none.</param>
    /// <inheritdoc cref="SendAsync{TAnswer}(HttpMethod, string, HttpContent?, JsonTypeInfo{TAnswer}, TimeSpan, CancellationToken)"/>
    public async Task<HttpResponseMessage> OpenAsync(string path, string? lastId, TimeSpan limit, CancellationToken cancellationToken)
    {
        using var late = new CancellationTokenSource(limit, _time);
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(late.Token, cancellationToken);
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        if (lastId is not null)
            request.Headers.Add("Last-Event-ID", lastId);
        try
        {
            var response = await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, ended.Token);
            if (response.IsSuccessStatusCode)
                return response;
            using (response)
                throw Refusal(response, await response.Content.ReadAsByteArrayAsync(ended.Token));
        }
        catch (OperationCanceledException cancelled) when (!cancellationToken.IsCancellationRequested && (late.IsCancellationRequested || cancelled.InnerException is TimeoutException))
        {
            throw Late(HttpMethod.Get, path, late.IsCancellationRequested ? limit : null);
        }
    }

    public void Dispose() => _http.Dispose();

    private TimeoutException Late(HttpMethod method, string path, TimeSpan? limit) => new(
        $"{method} {new Uri(_http.BaseAddress!, path)} {(limit is { } passed ? $"was not answered within {passed.TotalSeconds} s" : $"found no connection within {ConnectTimeout.TotalSeconds} s")}.");

    private static SocketsHttpHandler NewHandler(Uri server) => new()
    {
        ConnectTimeout = ConnectTimeout,
        PooledConnectionIdleTimeout = TimeSpan.FromMinutes(1),
        // So that a server that has moved behind its name is found again.
        PooledConnectionLifetime = TimeSpan.FromMinutes(5),
        UseProxy = !server.IsLoopback,
        UseCookies = false,
        AllowAutoRedirect = false,
    };

    public static TAnswer Read<TAnswer>(HttpResponseMessage response, ReadOnlySpan<byte> body, JsonTypeInfo<TAnswer> info)
    {
        try
        {
            return JsonSerializer.Deserialize(body, info) ?? throw NotOurs(response, null);
        }
        catch (JsonException problem)
        {
            throw NotOurs(response, problem);
        }
    }

    private static SiloApiException Refusal(HttpResponseMessage response, byte[] body)
    {
        try
        {
            return JsonSerializer.Deserialize(body, ApiJson.Wire.ApiProblem) is { } problem ? new SiloApiException(problem) : NotOurs(response, null);
        }
        catch (JsonException problem)
        {
            return NotOurs(response, problem);
        }
    }

    private static SiloApiException NotOurs(HttpResponseMessage response, JsonException? problem) =>
        new(
            response.StatusCode,
            $"{response.RequestMessage?.Method} {response.RequestMessage?.RequestUri} was answered with {(int)response.StatusCode} and a body that is none of Silo's; check the address.",
            problem);
}
