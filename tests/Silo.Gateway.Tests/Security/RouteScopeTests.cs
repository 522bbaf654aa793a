using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.Routing.Patterns;
using Silo.Contracts.Json;
using Silo.Gateway.Security;
using Silo.Gateway.Tests.Hosting;
using Silo.Testing;

namespace Silo.Gateway.Tests.Security;

/// <summary>Every route that is mapped, whoever adds it, asks for the key that it declares.</summary>
public sealed class RouteScopeTests
{
    private static readonly Scope[] Scopes = Enum.GetValues<Scope>();

    [Fact]
    public async Task Routes_EveryOneWithEveryScope_AreOpenToWhatTheyDeclareOnly()
    {
        await using var server = await GatewayServer.StartAsync(OneKeyPerScope());

        Assert.Empty(Undeclared(server));
        foreach (var call in server.Routes.SelectMany(CallsOf))
        {
            Assert.Equal(call.Access.NeedsKey ? (401, "key_missing") : default, await AskAsync(server, call, key: null));
            Assert.Equal(call.Access.NeedsKey ? (401, "key_invalid") : default, await AskAsync(server, call, "no-key-of-this-server"));
            foreach (var scope in Scopes)
            {
                var lacks = call.Access.Scopes.Any(needed => needed != scope);
                Assert.Equal(lacks ? (403, "scope_missing") : default, await AskAsync(server, call, KeyOf(scope)));
            }
        }
    }

    [Fact]
    public async Task Route_ThatDeclaresNothing_IsFoundAndClosed()
    {
        await using var server = await GatewayServer.StartAsync(OneKeyPerScope(), map: app => app.MapGet("/api/v1/forgotten", () => "secret"));

        Assert.Equal("/api/v1/forgotten", Assert.Single(Undeclared(server)));
        var call = new Call(HttpMethod.Get, "/api/v1/forgotten", RouteAccess.AnyKey);
        foreach (var scope in Scopes)
            Assert.Equal((403, "scope_missing"), await AskAsync(server, call, KeyOf(scope)));
    }

    [Theory]
    [InlineData("GET", "/api/v1/tasks/{task}", Scope.Read)]
    [InlineData("POST", "/api/v1/tasks/", Scope.Submit)]
    [InlineData("POST", "/api/v1/tasks/{task}/cancel", Scope.Operate)]
    [InlineData("PUT", "/api/v1/queues/{queue}", Scope.Operate)]
    [InlineData("GET", "/api/v1/scaling", Scope.Read)]
    [InlineData("GET", "/metrics", Scope.Read)]
    [InlineData("POST", "/api/v1/nodes/{node}/drain", Scope.Operate)]
    [InlineData("DELETE", "/api/v1/nodes/{node}", Scope.Operate)]
    [InlineData("POST", "/api/v1/nodes/{node}/lease", Scope.Worker)]
    public async Task Route_ByItsNature_NeedsThisScope(string method, string route, Scope scope)
    {
        await using var server = await GatewayServer.StartAsync();

        var found = Assert.Single(server.Routes, endpoint => endpoint.RoutePattern.RawText == route && MethodsOf(endpoint).Contains(method));

        Assert.Equal([scope], found.Metadata.GetMetadata<RouteAccess>()!.Scopes);
    }

    [Fact]
    public async Task Refusal_ScopeMissing_NamesTheScope()
    {
        await using var server = await GatewayServer.StartAsync(OneKeyPerScope());
        var request = new HttpRequestMessage(HttpMethod.Post, "/api/v1/nodes/alpha/drain");
        request.Headers.Add("X-Api-Key", KeyOf(Scope.Read));

        var answer = await server.SendAsync(request);

        Assert.Equal("operate", answer.Json.GetProperty("scope").GetString());
        Assert.Contains("'read-key' has read", answer.Json.GetProperty("detail").GetString(), StringComparison.Ordinal);
        Assert.Empty(server.Client.Drained);
    }

    [Fact]
    public async Task Key_OfSeveralScopes_MayDoEachAndNoMore()
    {
        var key = ApiKey.OfText("several", "a-key-of-two-scopes", Scope.Operate, Scope.Read);
        await using var server = await GatewayServer.StartAsync(new GatewayOptions { ApiKeys = [key] });

        Assert.Equal(default, await AskAsync(server, new Call(HttpMethod.Get, "/api/v1/overview", RouteAccess.AnyKey), "a-key-of-two-scopes"));
        Assert.Equal(default, await AskAsync(server, new Call(HttpMethod.Post, "/api/v1/nodes/alpha/drain", RouteAccess.AnyKey), "a-key-of-two-scopes"));
        Assert.Equal((403, "scope_missing"), await AskAsync(server, new Call(HttpMethod.Post, "/api/v1/tasks", RouteAccess.AnyKey), "a-key-of-two-scopes"));
    }

    [Theory]
    [InlineData("GET", "/api/v1/nothing", 401, 404)]
    [InlineData("DELETE", "/api/v1/nodes", 401, 405)]
    [InlineData("GET", "/nothing", 404, 404)]
    public async Task Path_ThatIsNone_IsToldToKeysOnly(string method, string path, int without, int with)
    {
        await using var server = await GatewayServer.StartAsync(OneKeyPerScope());
        var keyed = new HttpRequestMessage(new HttpMethod(method), path);
        keyed.Headers.Add("X-Api-Key", KeyOf(Scope.Submit));

        Assert.Equal(without, (await server.SendAsync(new HttpRequestMessage(new HttpMethod(method), path))).Code);
        Assert.Equal(with, (await server.SendAsync(keyed)).Code);
    }

    [Fact]
    public async Task Routes_WithoutAnyKeyConfigured_AreOpen()
    {
        await using var server = await GatewayServer.StartAsync();

        foreach (var call in server.Routes.SelectMany(CallsOf))
            Assert.Equal(default, await AskAsync(server, call, key: null));
    }

    private static string KeyOf(Scope scope) => $"the-key-for-{WireNames.Of(scope)}";

    private static GatewayOptions OneKeyPerScope() => new() { ApiKeys = [.. Scopes.Select(scope => ApiKey.OfText($"{WireNames.Of(scope)}-key", KeyOf(scope), scope))] };

    private static IEnumerable<string?> Undeclared(GatewayServer server) =>
        server.Routes.Where(route => route.Metadata.GetMetadata<RouteAccess>() is null).Select(route => route.RoutePattern.RawText);

    private static IReadOnlyList<string> MethodsOf(RouteEndpoint route) => route.Metadata.GetMetadata<IHttpMethodMetadata>()?.HttpMethods ?? ["GET"];

    private static IEnumerable<Call> CallsOf(RouteEndpoint route)
    {
        var path = string.Join('/', route.RoutePattern.PathSegments.Select(segment => string.Concat(segment.Parts.Select(PathPart))));
        return MethodsOf(route).Select(method => new Call(new HttpMethod(method), "/" + path, route.Metadata.GetMetadata<RouteAccess>()!));
    }

    private static string PathPart(RoutePatternPart part) =>
        part is RoutePatternLiteralPart literal ? literal.Content : "some";

    /// <returns>What the check on keys refused; nothing when it let the call through, whatever came of it then.</returns>
    private static async Task<(int Status, string? Problem)> AskAsync(GatewayServer server, Call call, string? key)
    {
        using var request = new HttpRequestMessage(call.Method, call.Path);
        if (key is not null)
            request.Headers.Add("X-Api-Key", key);

        // The headers tell all: a stream of events has no end.
        using var response = await Await.Within(
            server.Http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead), GatewayServer.Limit, $"{call.Method} {call.Path}");
        if ((int)response.StatusCode is not (401 or 403))
            return default;
        var problem = JsonElement.Parse(await response.Content.ReadAsStringAsync());
        return ((int)response.StatusCode, problem.GetProperty("code").GetString());
    }

    private sealed record Call(HttpMethod Method, string Path, RouteAccess Access);
}
