using Microsoft.AspNetCore.Http;
using Microsoft.Net.Http.Headers;
using Silo.Gateway.Security;
using Silo.Gateway.Sessions;
using Silo.Gateway.Tests.Hosting;
using Silo.Testing;

namespace Silo.Gateway.Tests.Security;

public sealed class SessionTests : IAsyncLifetime
{
    private const string Key = "the-key-of-an-operator";
    private const string Path = "/api/v1/session";
    private const string Change = "/api/v1/nodes/alpha/drain";

    private readonly ManualTimeProvider _time = new();
    private GatewayServer? _started;

    private GatewayServer Server => _started!;

    public async ValueTask InitializeAsync() =>
        _started = await GatewayServer.StartAsync(new GatewayOptions { ApiKeys = [ApiKey.OfText("desk", Key, Scope.Read, Scope.Operate)], AllowedOrigins = ["http://localhost:9999"] }, time: _time);

    public ValueTask DisposeAsync() => Server.DisposeAsync();

    [Fact]
    public async Task Begin_WithAKey_SetsACookieThatOnlyThisSitesBrowserSends()
    {
        var answer = await SendAsync(HttpMethod.Post, Path, ("X-Api-Key", Key));

        var cookie = SetCookieHeaderValue.Parse(Assert.Single(answer.Headers.GetValues("Set-Cookie")));
        Assert.Equal((200, "desk"), (answer.Code, answer.Json.GetProperty("name").GetString()));
        Assert.Equal(("silo_session", true, Microsoft.Net.Http.Headers.SameSiteMode.Strict, false), (cookie.Name.ToString(), cookie.HttpOnly, cookie.SameSite, cookie.Secure));
        Assert.Equal((SessionTable.Lifetime, "/"), (cookie.MaxAge!.Value, cookie.Path.ToString()));
        Assert.DoesNotContain(Key, answer.Headers.ToString(), StringComparison.Ordinal);
        Assert.True(answer.Headers.CacheControl?.NoStore);
    }

    [Theory]
    [InlineData("https", true)]
    [InlineData("http", false)]
    public void Cookie_SetOverHttps_IsSentOverHttpsOnly(string scheme, bool secure)
    {
        var context = new DefaultHttpContext { Request = { Scheme = scheme } };

        SessionCookie.Set(context, "token");

        Assert.Equal(secure, SetCookieHeaderValue.Parse(context.Response.Headers.SetCookie.ToString()).Secure);
    }

    [Fact]
    public async Task Cookie_OfASession_ReadsAsItsKeyDoes()
    {
        var cookie = await SignInAsync();

        var session = await SendAsync(HttpMethod.Get, Path, cookie);
        var denied = await SendAsync(HttpMethod.Post, "/api/v1/tasks", cookie, ("Sec-Fetch-Site", "same-origin"));

        Assert.Equal(200, (await SendAsync(HttpMethod.Get, "/api/v1/overview", cookie)).Code);
        Assert.Equal(["read", "operate"], session.Json.GetProperty("scopes").EnumerateArray().Select(scope => scope.GetString()));
        Assert.Equal(_time.GetUtcNow() + SessionTable.Lifetime, session.Json.GetProperty("endsAt").GetDateTimeOffset());
        Assert.Equal((403, "scope_missing"), (denied.Code, denied.Problem));
    }

    [Theory]
    [InlineData(null, null, false)]
    [InlineData("same-origin", null, true)]
    [InlineData("same-site", null, false)]
    [InlineData("cross-site", null, false)]
    [InlineData("none", null, false)]
    [InlineData(null, "own", true)]
    [InlineData(null, "http://localhost:9999", false)]
    [InlineData(null, "http://evil.org", false)]
    [InlineData(null, "null", false)]
    [InlineData("same-site", "own", false)]
    [InlineData("same-origin", "own", true)]
    public async Task Cookie_ChangesThings_OnlyFromTheServersOwnPages(string? site, string? origin, bool allowed)
    {
        var cookie = await SignInAsync();
        var own = Server.Address.GetLeftPart(UriPartial.Authority);
        var headers = new List<(string, string)> { cookie };
        if (site is not null)
            headers.Add(("Sec-Fetch-Site", site));
        if (origin is not null)
            headers.Add(("Origin", origin == "own" ? own : origin));

        var answer = await SendAsync(HttpMethod.Post, Change, [.. headers]);

        Assert.Equal(allowed ? (200, null) : (403, "origin_not_allowed"), (answer.Code, answer.Problem));
        Assert.Equal(allowed ? 1 : 0, Server.Client.Drained.Count);
    }

    [Fact]
    public async Task Key_BesideACookie_DecidesAlone()
    {
        var cookie = await SignInAsync();

        Assert.Equal("key_invalid", (await SendAsync(HttpMethod.Get, Path, cookie, ("X-Api-Key", "not-a-key-of-this-server"))).Problem);
        Assert.Equal(200, (await SendAsync(HttpMethod.Post, Change, cookie, ("X-Api-Key", Key))).Code);
    }

    [Fact]
    public async Task Session_Ended_OpensNothingMore()
    {
        var cookie = await SignInAsync();

        var foreign = await SendAsync(HttpMethod.Delete, Path, cookie);
        var ended = await SendAsync(HttpMethod.Delete, Path, cookie, ("Sec-Fetch-Site", "same-origin"));

        Assert.Equal((403, 204), (foreign.Code, ended.Code));
        Assert.Contains("expires=Thu, 01 Jan 1970", Assert.Single(ended.Headers.GetValues("Set-Cookie")), StringComparison.Ordinal);
        Assert.Equal((401, "key_missing"), await ReadAsync(cookie));
    }

    [Fact]
    public async Task Session_AfterItsLifetime_OpensNothingMore()
    {
        var cookie = await SignInAsync();

        _time.Advance(SessionTable.Lifetime - TimeSpan.FromSeconds(1));
        Assert.Equal((200, null), await ReadAsync(cookie));
        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal((401, "key_missing"), await ReadAsync(cookie));
    }

    [Fact]
    public async Task Session_BegunWithASession_IsRefused()
    {
        var cookie = await SignInAsync();

        Assert.Equal((401, "key_missing"), Told(await SendAsync(HttpMethod.Post, Path, cookie, ("Sec-Fetch-Site", "same-origin"))));
    }

    [Fact]
    public async Task Session_BegunAgainInTheSameBrowser_EndsTheFormerOne()
    {
        var former = await SignInAsync();
        var next = CookieOf(await SendAsync(HttpMethod.Post, Path, former, ("X-Api-Key", Key)));

        Assert.NotEqual(former, next);
        Assert.Equal((401, "key_missing"), await ReadAsync(former));
        Assert.Equal((200, null), await ReadAsync(next));
    }

    [Fact]
    public async Task Session_MoreThanTheLimit_EndsTheOldestOfItsKeyOnly()
    {
        var cookies = new List<(string, string)>();
        for (var number = 0; number <= SessionTable.SessionsPerKeyMax; number++)
            cookies.Add(await SignInAsync());

        Assert.Equal((401, "key_missing"), await ReadAsync(cookies[0]));
        Assert.Equal((200, null), await ReadAsync(cookies[1]));
        Assert.Equal((200, null), await ReadAsync(cookies[^1]));
    }

    [Theory]
    [InlineData("desk.AAAA")]
    [InlineData("desk.")]
    [InlineData(".desk")]
    [InlineData("nobody.AAAA")]
    [InlineData("desk")]
    [InlineData(".")]
    public async Task Cookie_ThatIsNone_OpensNothing(string token)
    {
        await SignInAsync();

        Assert.Equal((401, "key_missing"), await ReadAsync(("Cookie", $"silo_session={token}")));
    }

    [Fact]
    public async Task Session_WhereNoKeyIsConfigured_SaysThatAllIsOpenAndSetsNoCookie()
    {
        await using var open = await GatewayServer.StartAsync();

        var begun = await open.PostAsync(Path);
        var read = await open.GetAsync(Path);

        Assert.Equal((200, "local", 4), (begun.Code, begun.Json.GetProperty("name").GetString(), read.Json.GetProperty("scopes").GetArrayLength()));
        Assert.False(begun.Headers.Contains("Set-Cookie"));
        Assert.Equal(204, (await open.SendAsync(HttpMethod.Delete, Path, (string?)null)).Code);
    }

    private static (int Code, string? Problem) Told(Answer answer) => (answer.Code, answer.Problem);

    private async Task<(int Code, string? Problem)> ReadAsync((string Name, string Value) cookie) => Told(await SendAsync(HttpMethod.Get, Path, cookie));

    private async Task<(string Name, string Value)> SignInAsync() => CookieOf(await SendAsync(HttpMethod.Post, Path, ("X-Api-Key", Key)));

    private static (string Name, string Value) CookieOf(Answer answer)
    {
        var set = SetCookieHeaderValue.Parse(Assert.Single(answer.Headers.GetValues("Set-Cookie")));
        return ("Cookie", $"{set.Name}={set.Value}");
    }

    private Task<Answer> SendAsync(HttpMethod method, string path, params (string Name, string Value)[] headers)
    {
        var request = new HttpRequestMessage(method, path);
        foreach (var (name, value) in headers)
            request.Headers.TryAddWithoutValidation(name, value);
        return Server.SendAsync(request);
    }
}
