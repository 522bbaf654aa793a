using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Silo.Core.Engine;
using Silo.Core.Handlers;
using Silo.Core.Storage;
using Silo.Gateway.OpenApi;
using Silo.Gateway.Requests;
using Silo.Gateway.Security;
using Silo.Gateway.Tests.OpenApi;
using Silo.Testing;

namespace Silo.Gateway.Tests.Hosting;

/// <summary>A gateway over fakes on a free port of this machine.</summary>
internal sealed class GatewayServer : IAsyncDisposable
{
    public static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    // One for all servers: their routes are the same, but for those that a test maps, which are not described.
    private static DocumentedAnswers? _documented;

    private readonly WebApplication _app;

    private GatewayServer(WebApplication app, FakeSiloClient client, FakeActors actors)
    {
        (_app, Client, Actors) = (app, client, actors);
        Address = new Uri(app.Urls.Single());
        Http = new HttpClient(new SocketsHttpHandler { UseProxy = false, AllowAutoRedirect = false, UseCookies = false }) { BaseAddress = Address };
    }

    public FakeSiloClient Client { get; }

    public FakeActors Actors { get; }

    public FakeStoreHealth StoreHealth => (FakeStoreHealth)_app.Services.GetRequiredService<IStoreHealth>();

    public FakeStandby Standby => (FakeStandby)_app.Services.GetRequiredService<IStandby>();

    public LiveEvents Live => _app.Services.GetRequiredService<LiveEvents>();

    public BodyMemory Bodies => _app.Services.GetRequiredService<BodyMemory>();

    public Uri Address { get; }

    public IReadOnlyList<RouteEndpoint> Routes => [.. _app.Services.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>()];

    public HttpClient Http { get; }

    /// <summary>A server that asks for a key, which may do everything.</summary>
    public static GatewayOptions Keyed(string key) => new() { ApiKeys = [ApiKey.OfText("all", key, Enum.GetValues<Scope>())] };

    public static async Task<GatewayServer> StartAsync(
        GatewayOptions? options = null, string address = "http://127.0.0.1:0", TimeProvider? time = null, Action<WebApplication>? map = null)
    {
        var client = new FakeSiloClient();
        var actors = new FakeActors();
        var builder = WebApplication.CreateSlimBuilder(new WebApplicationOptions { EnvironmentName = "Production" });
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls(address);
        builder.Services.AddSingleton<ISiloClient>(client).AddSingleton<IActors>(actors).AddSingleton<IHandlerCatalog>(new FakeHandlers()).AddSingleton<IStandby>(new FakeStandby())
            .AddSingleton<IStoreHealth>(new FakeStoreHealth());
        builder.Services.AddSingleton(new UnofferedTaskType("process", "start the server or a worker with --allow-process PATH"));
        builder.Services.AddSingleton(time ?? TimeProvider.System);
        builder.Services.AddSiloGateway(options ?? new GatewayOptions());
        var app = builder.Build();
        app.MapSiloGateway();
        map?.Invoke(app);
        try
        {
            await Await.Within(app.StartAsync(), Limit, "the server to start");
        }
        catch
        {
            await app.DisposeAsync();
            throw;
        }

        return new GatewayServer(app, client, actors);
    }

    public Task<Answer> GetAsync(string path) => SendAsync(new HttpRequestMessage(HttpMethod.Get, path));

    public Task<Answer> PostAsync(string path, string? json = null) => SendAsync(HttpMethod.Post, path, json);

    public Task<Answer> SendAsync(HttpMethod method, string path, string? json) =>
        SendAsync(method, path, json is null ? null : Encoding.UTF8.GetBytes(json));

    public Task<Answer> SendAsync(HttpMethod method, string path, byte[]? body)
    {
        var content = body is null ? null : new ByteArrayContent(body) { Headers = { ContentType = new MediaTypeHeaderValue("application/json") } };
        return SendAsync(new HttpRequestMessage(method, path) { Content = content });
    }

    /// <summary>Sends, and holds the answer against the API's own document.</summary>
    public async Task<Answer> SendAsync(HttpRequestMessage request)
    {
        using (request)
        {
            using var response = await Await.Within(Http.SendAsync(request), Limit, $"{request.Method} {request.RequestUri}");
            var text = await response.Content.ReadAsStringAsync();
            var answer = new Answer(response.StatusCode, response.Headers, response.Content.Headers.ContentType?.MediaType, text);
            var documented = _documented ??= new DocumentedAnswers(await _app.Services.GetRequiredService<ApiDocument>().ReadAsync(CancellationToken.None));
            documented.Check(request.Method, response.RequestMessage!.RequestUri!.AbsolutePath, answer);
            return answer;
        }
    }

    public Task StopAsync() => Await.Within(_app.StopAsync(), Limit, "the server to stop");

    public async ValueTask DisposeAsync()
    {
        Http.Dispose();
        await _app.DisposeAsync();
    }
}

/// <summary>An answer, read whole.</summary>
internal sealed record Answer(HttpStatusCode Status, HttpResponseHeaders Headers, string? ContentType, string Text)
{
    public int Code => (int)Status;

    public JsonElement Json => JsonElement.Parse(Text);

    public string? Problem => ContentType == "application/problem+json" ? Json.GetProperty("code").GetString() : null;

    /// <summary>Every field problem as <c>field:code</c>, in order.</summary>
    public string[] Errors => Json.TryGetProperty("errors", out var errors)
        ? [.. errors.EnumerateArray().Select(error => $"{error.GetProperty("field").GetString()}:{error.GetProperty("code").GetString()}")]
        : [];
}
