using System.Net.Http.Headers;
using Microsoft.Extensions.Options;
using Silo.Gateway.Security;
using Silo.Gateway.Tests.Hosting;

namespace Silo.Gateway.Tests.Security;

public sealed class CallerTests
{
    private const string Key = "correct-horse-battery";

    [Theory]
    [InlineData("localhost", true)]
    [InlineData("LOCALHOST:1234", true)]
    [InlineData("127.0.0.1", true)]
    [InlineData("[::1]:80", true)]
    [InlineData("silo.example.org", true)]
    [InlineData("evil.example.org", false)]
    [InlineData("localhost.evil.org", false)]
    [InlineData("10.0.0.1", false)]
    public async Task Host_MustBeOneOfOurs(string host, bool allowed)
    {
        await using var server = await GatewayServer.StartAsync(new GatewayOptions { AllowedHosts = ["silo.example.org"] });

        var answer = await server.SendAsync(new HttpRequestMessage(HttpMethod.Get, "/api/v1/nodes") { Headers = { Host = host } });

        Assert.Equal(allowed ? (200, null) : (403, "host_not_allowed"), (answer.Code, answer.Problem));
        Assert.Equal(200, (await server.SendAsync(new HttpRequestMessage(HttpMethod.Get, "/health/live") { Headers = { Host = host } })).Code);
    }

    [Theory]
    [InlineData("http://localhost:8080", true)]
    [InlineData("https://board.example.org", true)]
    [InlineData("http://localhost:9999", false)]
    [InlineData("https://localhost:8080", false)]
    [InlineData("http://evil.org", false)]
    [InlineData("null", false)]
    public async Task Origin_WhenThere_MustBeOursOrConfigured(string origin, bool allowed)
    {
        await using var server = await GatewayServer.StartAsync(new GatewayOptions { AllowedOrigins = ["https://board.example.org"] });
        var request = new HttpRequestMessage(HttpMethod.Post, "/api/v1/nodes/alpha/drain") { Headers = { Host = "localhost:8080" } };
        request.Headers.Add("Origin", origin);

        var answer = await server.SendAsync(request);

        Assert.Equal(allowed ? (200, null) : (403, "origin_not_allowed"), (answer.Code, answer.Problem));
        Assert.Equal(allowed ? 1 : 0, server.Client.Drained.Count);
    }

    [Theory]
    [InlineData(null, null, "key_missing")]
    [InlineData("Bearer " + Key, null, null)]
    [InlineData("bearer " + Key, null, null)]
    [InlineData(null, Key, null)]
    [InlineData("Bearer wrong-horse-battery", null, "key_invalid")]
    [InlineData("Bearer " + Key + "x", null, "key_invalid")]
    [InlineData("Basic " + Key, null, "key_missing")]
    [InlineData(null, "", "key_invalid")]
    public async Task Key_WhenConfigured_IsAskedOfTheApi(string? authorization, string? header, string? problem)
    {
        await using var server = await GatewayServer.StartAsync(GatewayServer.Keyed(Key));
        var request = new HttpRequestMessage(HttpMethod.Get, "/api/v1/nodes");
        request.Headers.Authorization = authorization is null ? null : AuthenticationHeaderValue.Parse(authorization);
        if (header is not null)
            request.Headers.TryAddWithoutValidation("X-Api-Key", header);

        var answer = await server.SendAsync(request);

        Assert.Equal((problem is null ? 200 : 401, problem), (answer.Code, answer.Problem));
        Assert.Equal(problem is null ? 0 : 1, answer.Headers.WwwAuthenticate.Count);
        Assert.Equal(200, (await server.GetAsync("/health/ready")).Code);
    }

    [Fact]
    public async Task Start_OpenAddressWithoutKey_IsRefusedNamingTheSetting()
    {
        var refusal = await Assert.ThrowsAsync<InvalidOperationException>(() => GatewayServer.StartAsync(address: "http://0.0.0.0:0"));

        Assert.Contains("ApiKey", refusal.Message, StringComparison.Ordinal);
        Assert.Contains("0.0.0.0", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Start_OpenAddressWithKey_Serves()
    {
        await using var server = await GatewayServer.StartAsync(GatewayServer.Keyed(Key), "http://0.0.0.0:0");
        var request = new HttpRequestMessage(HttpMethod.Get, $"http://127.0.0.1:{server.Address.Port}/api/v1/nodes");
        request.Headers.Add("X-Api-Key", Key);

        Assert.Equal(200, (await server.SendAsync(request)).Code);
    }

    [Theory]
    [InlineData("http://localhost:5000", true)]
    [InlineData("http://127.0.0.1:5000", true)]
    [InlineData("http://127.8.0.1:5000", true)]
    [InlineData("http://[::1]:5000", true)]
    [InlineData("http://unix:/tmp/silo.sock", true)]
    [InlineData("http://+:5000", false)]
    [InlineData("http://*:5000", false)]
    [InlineData("http://[::]:5000", false)]
    [InlineData("http://192.168.1.5:5000", false)]
    [InlineData("http://silo.example.org:5000", false)]
    public void Address_IsLocal_OnlyOnLoopback(string address, bool local) => Assert.Equal(local, LoopbackOnlyWithoutKey.IsLocal(address));

    [Fact]
    public async Task Options_ManyWrong_AreToldTogether()
    {
        var options = new GatewayOptions { BodyBytesMax = 1, AllowedHosts = ["a b"], AllowedOrigins = ["https://x.org/path", "ftp://x.org"] };

        var refusal = await Assert.ThrowsAsync<OptionsValidationException>(() => GatewayServer.StartAsync(options));

        Assert.Equal(4, refusal.Failures.Count());
        Assert.Single(new GatewayOptions { AllowedHosts = ["*"] }.Problems());
        Assert.Empty(new GatewayOptions { ApiKeys = [ApiKey.OfText("all", Key, Scope.Read)], AllowedHosts = ["*", "::1", "silo"], AllowedOrigins = ["https://X.org", "http://a:8080"] }.Problems());
    }
}
