using System.Text.Json;
using Silo.Core.Handlers;
using Silo.Testing;

namespace Silo.Handlers.Tests.Http;

/// <summary>Server-side request forgery: every way to make a node ask what its submitter may not.</summary>
public sealed class HttpForgeryTests
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    [Theory]
    [InlineData("http://127.0.0.1/")]
    [InlineData("http://127.1/")]
    [InlineData("http://2130706433/")]
    [InlineData("http://0177.0.0.1/")]
    [InlineData("http://017700000001/")]
    [InlineData("http://0x7f.0.0.1/")]
    [InlineData("http://0x7f000001/")]
    [InlineData("http://0/")]
    [InlineData("http://127.0.0.1./")]
    [InlineData("http://localhost/")]
    [InlineData("http://LOCALHOST./")]
    [InlineData("http://db.localhost/")]
    [InlineData("http://[::1]/")]
    [InlineData("http://[::ffff:127.0.0.1]/")]
    [InlineData("http://[::ffff:7f00:1]/")]
    [InlineData("http://[0:0:0:0:0:ffff:169.254.169.254]/")]
    [InlineData("http://[64:ff9b::a9fe:a9fe]/")]
    [InlineData("http://[2002:7f00:1::]/")]
    [InlineData("http://[fe80::1%25eth0]/")]
    [InlineData("http://169.254.169.254/latest/meta-data/")]
    [InlineData("http://169.254.169.254./latest/meta-data/")]
    [InlineData("http://2852039166/latest/meta-data/")]
    [InlineData("http://0xa9.0xfe.0xa9.0xfe/")]
    [InlineData("https://10.0.0.1:8443/")]
    public async Task Url_AddressInAnySpelling_IsRefusedAtTheDoorAndInTheRun(string url)
    {
        using var host = new HandlerHarness();
        var payload = JsonSerializer.Serialize(new { url });
        var problem = host.Check("http", payload)!;

        Assert.Equal(("payload.url", "address_not_allowed"), (problem.Field, problem.Code));
        Assert.Contains("--allow-http-private", problem.Rule, StringComparison.Ordinal);
        await AssertFails(host, payload, "address_not_allowed");
    }

    [Theory]
    [InlineData("ftp://example.com/")]
    [InlineData("file:///etc/passwd")]
    [InlineData("gopher://127.0.0.1:6379/_INFO")]
    [InlineData("/etc/passwd")]
    [InlineData("example.com")]
    [InlineData("http://")]
    [InlineData("http://user:secret@example.com/")]
    [InlineData("http://example.com@127.0.0.1/")]
    [InlineData("http://@127.0.0.1/")]
    [InlineData("http://127.0.0.1\\@example.com/")]
    [InlineData("http://example.com\t/")]
    [InlineData("http://example.com/\r\nHost: internal")]
    [InlineData("")]
    public async Task Url_OfAnotherKindOrAmbiguous_IsRefusedAtTheDoorAndInTheRun(string url)
    {
        using var host = new HandlerHarness();
        var payload = JsonSerializer.Serialize(new { url });
        var problem = host.Check("http", payload)!;

        Assert.Equal(("payload.url", "url_not_allowed"), (problem.Field, problem.Code));
        await AssertFails(host, payload, "url_not_allowed");
    }

    [Theory]
    [InlineData("127.0.0.1")]
    [InlineData("::ffff:127.0.0.1")]
    [InlineData("64:ff9b::7f00:1")]
    [InlineData("169.254.169.254")]
    [InlineData("fd00:ec2::254")]
    public async Task Name_ThatPointsInside_IsRefusedBeforeAnythingIsSent(string address)
    {
        await using var secret = LocalHttpServer.Saying(LocalHttpServer.Ok("secret"));
        using var host = new HandlerHarness(resolver: new ScriptedResolver([address]));

        var failure = await AssertFails(host, $$"""{"url":"http://innocent.example:{{secret.Port}}/"}""", "address_not_allowed");
        Assert.Contains(address, failure.Message, StringComparison.Ordinal);
        Assert.Equal(0, secret.Connections);
    }

    [Fact]
    public async Task Name_WithOneAddressInsideAmongOthers_IsRefused()
    {
        await using var open = LocalHttpServer.Saying(LocalHttpServer.Ok("open"));
        using var host = Allowing("127.0.0.1", new ScriptedResolver(["127.0.0.1", "127.0.0.2"]));

        await AssertFails(host, $$"""{"url":"http://innocent.example:{{open.Port}}/"}""", "address_not_allowed");
        Assert.Equal(0, open.Connections);
    }

    [Fact]
    public async Task Name_ThatPointsElsewhereTheSecondTime_IsAskedOnceAndConnectedToWhatWasChecked()
    {
        await using var open = LocalHttpServer.Saying(LocalHttpServer.Ok("open"));
        await using var secret = LocalHttpServer.Saying(LocalHttpServer.Ok("secret"), "127.0.0.2", open.Port);
        var resolver = new ScriptedResolver(["127.0.0.1"], ["127.0.0.2"]);
        using var host = Allowing("127.0.0.1", resolver);
        var payload = $$"""{"url":"http://rebinding.example:{{open.Port}}/"}""";

        Assert.Contains("\"body\":\"open\"", await Run(host, payload), StringComparison.Ordinal);
        Assert.Equal(["rebinding.example"], resolver.Asked);
        // The server closed the connection, so the next task resolves the name again and gets the other answer.
        await AssertFails(host, payload, "address_not_allowed");
        Assert.Equal((1, 0), (open.Connections, secret.Connections));
    }

    [Theory]
    [InlineData("http://127.0.0.2:{0}/", "address_not_allowed")]
    [InlineData("//127.0.0.2:{0}/", "address_not_allowed")]
    [InlineData("http://2130706434:{0}/", "address_not_allowed")]
    [InlineData("http://0x7f.0.0.2:{0}/", "address_not_allowed")]
    [InlineData("http://[::ffff:127.0.0.2]:{0}/", "address_not_allowed")]
    [InlineData("http://inside.example:{0}/", "address_not_allowed")]
    [InlineData("http://169.254.169.254/latest/meta-data/", "address_not_allowed")]
    [InlineData("http://user@127.0.0.2:{0}/", "redirect_not_allowed")]
    [InlineData("file:///etc/passwd", "redirect_not_allowed")]
    [InlineData("ftp://127.0.0.2/", "redirect_not_allowed")]
    public async Task Redirect_ToWhereTheTaskMayNotGo_IsRefused(string location, string code)
    {
        await using var secret = LocalHttpServer.Saying(LocalHttpServer.Ok("secret"), "127.0.0.2");
        var target = location.Replace("{0}", $"{secret.Port}", StringComparison.Ordinal);
        await using var open = LocalHttpServer.Saying(LocalHttpServer.Redirect(target));
        using var host = Allowing("127.0.0.1", new ScriptedResolver(["127.0.0.2"]));

        await AssertFails(host, $$"""{"url":"{{open.Url}}/"}""", code);
        Assert.Equal((1, 0), (open.Connections, secret.Connections));
    }

    [Fact]
    public async Task Redirect_ToAnotherOrigin_DoesNotCarryTheCallersHeaders()
    {
        await using var other = LocalHttpServer.Saying(LocalHttpServer.Ok("other"), "127.0.0.2");
        await using var first = LocalHttpServer.Saying(LocalHttpServer.Redirect($"{other.Url}/there"));
        using var host = Allowing("127.0.0.0/8", new ScriptedResolver());

        var result = await Run(host, $$$"""{"url":"{{{first.Url}}}/","headers":{"Authorization":"Bearer x","X-Api-Key":"x","Cookie":"x","Accept":"text/plain"}}""");

        Assert.Contains($"\"url\":\"{other.Url}/there\"", result, StringComparison.Ordinal);
        var told = Assert.Single(first.Requests);
        var carried = Assert.Single(other.Requests);
        foreach (var header in new[] { "Authorization:", "X-Api-Key:", "Cookie:" })
        {
            Assert.Contains(header, told, StringComparison.Ordinal);
            Assert.DoesNotContain(header, carried, StringComparison.Ordinal);
        }

        Assert.Contains("Accept: text/plain", carried, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Host", "internal")]
    [InlineData("host", "internal")]
    [InlineData("Content-Length", "0")]
    [InlineData("Transfer-Encoding", "chunked")]
    [InlineData("Connection", "close")]
    [InlineData("X-A", "1\\r\\nX-B: 2")]
    [InlineData("X A", "1")]
    [InlineData("X-Ä", "1")]
    public void Header_ThatCouldSmuggle_IsRefusedAtTheDoor(string name, string value)
    {
        using var host = new HandlerHarness();

        Assert.Equal($"payload.headers.{name}", host.Check("http", $$$"""{"url":"http://example.com","headers":{"{{{name}}}":"{{{value}}}"}}""")!.Field);
    }

    private static HandlerHarness Allowing(string entry, ScriptedResolver resolver) =>
        new(configure: options => options.Http.AllowedPrivate.Add(entry), resolver: resolver);

    private static Task<string> Run(HandlerHarness host, string payload) => Await.Within(host.RunAsync("http", payload), Limit, "the request");

    private static async Task<TaskFailedException> AssertFails(HandlerHarness host, string payload, string code)
    {
        var failure = await Assert.ThrowsAsync<TaskFailedException>(() => Run(host, payload));
        Assert.Equal((code, false), (failure.Code, failure.Retry));
        return failure;
    }
}
