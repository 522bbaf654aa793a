using System.Text;
using System.Text.Json;
using Silo.Core.Handlers;
using Silo.Testing;

namespace Silo.Handlers.Tests.Http;

public sealed class HttpTaskTests
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    [Fact]
    public async Task Get_OfAText_TellsStatusHeadersAndBody()
    {
        await using var server = LocalHttpServer.Saying(LocalHttpServer.Ok("ä \"text\"", "Content-Type: text/plain\r\nSet-Cookie: a=b\r\nETag: \"7\"\r\n"));
        using var host = Host();
        var result = await Run(host, $$"""{"url":"{{server.Url}}/a?b=c#d"}""");

        Assert.Equal((200, $"{server.Url}/a?b=c#d"), (result.GetProperty("status").GetInt32(), result.GetProperty("url").GetString()));
        Assert.Equal(("ä \"text\"", "text", 9), (result.GetProperty("body").GetString(), result.GetProperty("bodyEncoding").GetString(), result.GetProperty("bytes").GetInt32()));
        Assert.Equal("""{"content-type":"text/plain","etag":"\"7\""}""", result.GetProperty("headers").GetRawText());
        var request = Assert.Single(server.Requests);
        Assert.StartsWith("GET /a?b=c HTTP/1.1\r\n", request, StringComparison.Ordinal);
        Assert.Contains("User-Agent: Silo\r\n", request, StringComparison.Ordinal);
        Assert.DoesNotContain("Accept-Encoding", request, StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public async Task Get_OfBytes_GivesThemAsBase64()
    {
        byte[] bytes = [0, 255, 10, 13];
        await using var server = new LocalHttpServer(async (_, stream, cancellationToken) =>
        {
            await LocalHttpServer.WriteAsync(stream, "HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\n", cancellationToken);
            await stream.WriteAsync(bytes, cancellationToken);
        });
        using var host = Host();
        var result = await Run(host, $$"""{"url":"{{server.Url}}/"}""");

        Assert.Equal("base64", result.GetProperty("bodyEncoding").GetString());
        Assert.Equal(bytes, result.GetProperty("body").GetBytesFromBase64());
    }

    [Theory]
    [InlineData("\"plain\"", "plain", "text/plain; charset=utf-8")]
    [InlineData("{\"a\":[1]}", "{\"a\":[1]}", "application/json; charset=utf-8")]
    public async Task Post_WithABody_SendsItWithTheKeyOfTheTask(string body, string sent, string type)
    {
        await using var server = LocalHttpServer.Saying(LocalHttpServer.Ok(""));
        using var host = Host();
        await Run(host, $$"""{"method":"POST","url":"{{server.Url}}/","body":{{body}}}""");

        var request = Assert.Single(server.Requests);
        Assert.EndsWith($"\r\n\r\n{sent}", request, StringComparison.Ordinal);
        Assert.Contains($"Content-Type: {type}\r\n", request, StringComparison.Ordinal);
        Assert.Contains("Idempotency-Key: key\r\n", request, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Post_WithItsOwnHeaders_SendsThose()
    {
        await using var server = LocalHttpServer.Saying(LocalHttpServer.Ok(""));
        using var host = Host();
        await Run(host, $$$"""{"method":"POST","url":"{{{server.Url}}}/","body":"a=b","headers":{"content-type":"application/x-www-form-urlencoded","user-agent":"me","idempotency-key":"mine"}}""");

        var request = Assert.Single(server.Requests);
        Assert.Contains("Content-Type: application/x-www-form-urlencoded\r\n", request, StringComparison.OrdinalIgnoreCase);
        Assert.Contains("User-Agent: me\r\n", request, StringComparison.OrdinalIgnoreCase);
        Assert.Contains("Idempotency-Key: mine\r\n", request, StringComparison.OrdinalIgnoreCase);
    }

    [Theory]
    [InlineData(400, null, "http_status", false)]
    [InlineData(404, null, "http_status", false)]
    [InlineData(404, "[200]", "http_status", false)]
    [InlineData(404, "[404]", null, false)]
    [InlineData(429, null, "http_status", true)]
    [InlineData(500, null, "http_status", true)]
    [InlineData(503, "[200,404]", "http_status", true)]
    [InlineData(503, "[503]", null, false)]
    [InlineData(200, "[404]", "http_status", false)]
    [InlineData(304, null, null, false)]
    [InlineData(302, "[302]", null, false)]
    public async Task Status_IsASuccessOrAFailure_AsExpected(int status, string? expected, string? code, bool retry)
    {
        await using var server = LocalHttpServer.Saying($"HTTP/1.1 {status} Word\r\nLocation: /again\r\nContent-Length: {(status == 304 ? 0 : 4)}\r\nConnection: close\r\n\r\n{(status == 304 ? "" : "why?")}");
        using var host = Host();
        var payload = $$"""{"url":"{{server.Url}}/"{{(expected is null ? "" : $",\"expectStatus\":{expected}")}}}""";
        if (code is null)
        {
            Assert.Equal(status, (await Run(host, payload)).GetProperty("status").GetInt32());
            return;
        }

        var failure = await Fail(host, payload, code);
        Assert.Equal(retry, failure.Retry);
        Assert.Contains($"answered {status}: why?", failure.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(301, "GET")]
    [InlineData(302, "GET")]
    [InlineData(303, "GET")]
    [InlineData(307, "POST")]
    [InlineData(308, "POST")]
    public async Task Redirect_OfAPost_KeepsTheMethodAsTheStatusSays(int status, string method)
    {
        await using var server = new LocalHttpServer((request, stream, cancellationToken) => LocalHttpServer.WriteAsync(
            stream, request.Contains(" /a ", StringComparison.Ordinal) ? LocalHttpServer.Redirect("b", status) : LocalHttpServer.Ok("end"), cancellationToken));
        using var host = Host();
        var result = await Run(host, $$"""{"method":"POST","url":"{{server.Url}}/a","body":"text"}""");

        Assert.Equal($"{server.Url}/b", result.GetProperty("url").GetString());
        var second = server.Requests.Last();
        Assert.StartsWith($"{method} /b ", second, StringComparison.Ordinal);
        Assert.Equal(method == "POST", second.EndsWith("text", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Redirect_WithoutEnd_FailsAfterFive()
    {
        await using var server = LocalHttpServer.Saying(LocalHttpServer.Redirect("/again"));
        using var host = Host();

        Assert.False((await Fail(host, $$"""{"url":"{{server.Url}}/"}""", "too_many_redirects")).Retry);
        Assert.Equal(6, server.Connections);
    }

    [Fact]
    public async Task Body_LargerThanTheCap_IsRefusedByItsLength()
    {
        await using var server = LocalHttpServer.Saying("HTTP/1.1 200 OK\r\nContent-Length: 1001\r\n\r\n");
        using var host = Host(bytesMax: 1000);

        Assert.False((await Fail(host, $$"""{"url":"{{server.Url}}/"}""", "response_too_big")).Retry);
    }

    [Fact]
    public async Task Body_OfExactlyTheCap_IsKept()
    {
        await using var server = LocalHttpServer.Saying(LocalHttpServer.Ok(new string('x', 1000)));
        using var host = Host(bytesMax: 1000);

        Assert.Equal(1000, (await Run(host, $$"""{"url":"{{server.Url}}/"}""")).GetProperty("bytes").GetInt32());
    }

    [Fact]
    public async Task Body_WithoutEnd_IsLeftAtTheCap()
    {
        var left = new TaskCompletionSource();
        await using var server = new LocalHttpServer(async (_, stream, cancellationToken) =>
        {
            await LocalHttpServer.WriteAsync(stream, "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", cancellationToken);
            try
            {
                while (true)
                    await LocalHttpServer.WriteAsync(stream, "400\r\n" + new string('x', 0x400) + "\r\n", cancellationToken);
            }
            catch (IOException)
            {
                left.SetResult();
            }
        });
        using var host = Host();

        await Fail(host, $$"""{"url":"{{server.Url}}/"}""", "response_too_big");
        await Await.Within(left.Task, Limit, "the client to hang up");
    }

    [Fact]
    public async Task Body_ThatIsTooLongOnceItIsJson_IsRefused()
    {
        await using var server = LocalHttpServer.Saying(LocalHttpServer.Ok(new string('\u0001', 400_000)));
        using var host = Host();

        Assert.Contains("as JSON", (await Fail(host, $$"""{"url":"{{server.Url}}/"}""", "response_too_big")).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Body_CompressedToDeceive_IsHandedOverAsItCame()
    {
        await using var server = LocalHttpServer.Saying(LocalHttpServer.Ok("packed", "Content-Encoding: gzip\r\n"));
        using var host = Host();
        var result = await Run(host, $$"""{"url":"{{server.Url}}/"}""");

        Assert.Equal(("packed", "gzip"), (result.GetProperty("body").GetString(), result.GetProperty("headers").GetProperty("content-encoding").GetString()));
    }

    [Theory]
    [InlineData("")]
    [InlineData("HTTP/1.1 200 OK\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf")]
    [InlineData("HTTP/1.1 404 Gone\r\nContent-Length: 10\r\n\r\nhalf")]
    public async Task Answer_ThatStopsComing_TimesOut(string begun)
    {
        var sent = new TaskCompletionSource();
        await using var server = new LocalHttpServer(async (_, stream, cancellationToken) =>
        {
            await LocalHttpServer.WriteAsync(stream, begun, cancellationToken);
            sent.SetResult();
            await Task.Delay(Timeout.Infinite, cancellationToken);
        });
        using var host = Host();
        var running = host.RunAsync("http", $$"""{"url":"{{server.Url}}/","timeoutSeconds":2.5}""");
        await Await.Within(sent.Task, Limit, "the request");
        host.Clock.Advance(TimeSpan.FromSeconds(2.4));
        Assert.False(running.IsCompleted);
        host.Clock.Advance(TimeSpan.FromSeconds(0.1));

        var failure = await Assert.ThrowsAsync<TaskFailedException>(() => Await.Within(running, Limit, "the time-out"));
        Assert.Equal(("http_timeout", true), (failure.Code, failure.Retry));
        Assert.Contains("2.5 s", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Request_Cancelled_StopsAtOnce()
    {
        var asked = new TaskCompletionSource();
        await using var server = new LocalHttpServer(async (_, _, cancellationToken) =>
        {
            asked.SetResult();
            await Task.Delay(Timeout.Infinite, cancellationToken);
        });
        using var host = Host();
        using var cancel = new CancellationTokenSource();
        var running = host.RunAsync("http", $$"""{"url":"{{server.Url}}/"}""", cancellationToken: cancel.Token);
        await Await.Within(asked.Task, Limit, "the request");
        await cancel.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Await.Within(running, Limit, "the request to stop"));
    }

    [Theory]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 10\r\nConnection: close\r\n\r\nhalf")]
    [InlineData("not HTTP\r\n\r\n")]
    public async Task Answer_ThatIsBroken_IsRetried(string response)
    {
        await using var server = LocalHttpServer.Saying(response);
        using var host = Host();

        Assert.True((await Fail(host, $$"""{"url":"{{server.Url}}/"}""", "http_unreachable")).Retry);
    }

    [Fact]
    public async Task Server_ThatIsNotThere_IsRetried()
    {
        var server = LocalHttpServer.Saying("");
        var url = server.Url;
        await server.DisposeAsync();
        using var host = Host();
        using var unresolved = new HandlerHarness(resolver: new ScriptedResolver());

        Assert.True((await Fail(host, $$"""{"url":"{{url}}/"}""", "http_unreachable")).Retry);
        Assert.True((await Fail(unresolved, """{"url":"http://no.such.host.example/"}""", "http_unreachable")).Retry);
    }

    [Theory]
    [InlineData("""{}""", "payload.url")]
    [InlineData("""{"url":"http://example.com","method":"PUT"}""", "payload.method")]
    [InlineData("""{"url":"http://example.com","body":"x"}""", "payload.body")]
    [InlineData("""{"url":"http://example.com","timeoutSeconds":0}""", "payload.timeoutSeconds")]
    [InlineData("""{"url":"http://example.com","timeoutSeconds":601}""", "payload.timeoutSeconds")]
    [InlineData("""{"url":"http://example.com","expectStatus":[]}""", "payload.expectStatus")]
    [InlineData("""{"url":"http://example.com","expectStatus":[99]}""", "payload.expectStatus")]
    [InlineData("""{"url":"http://example.com","headers":{"a":1}}""", "payload.headers")]
    [InlineData("""{"url":"http://example.com","uri":"x"}""", "payload.uri")]
    public void Payload_DoesNotFit_IsRefusedAtTheDoor(string payload, string field)
    {
        using var host = new HandlerHarness();

        Assert.StartsWith(field, host.Check("http", payload)!.Field, StringComparison.Ordinal);
    }

    private static HandlerHarness Host(int? bytesMax = null) => new(configure: options =>
    {
        options.Http.AllowedPrivate.Add("127.0.0.0/8");
        options.Http.ResponseBytesMax = bytesMax ?? options.Http.ResponseBytesMax;
    });

    private static async Task<JsonElement> Run(HandlerHarness host, string payload) =>
        JsonDocument.Parse(Encoding.UTF8.GetBytes(await Await.Within(host.RunAsync("http", payload), Limit, "the request"))).RootElement;

    private static async Task<TaskFailedException> Fail(HandlerHarness host, string payload, string code)
    {
        var failure = await Assert.ThrowsAsync<TaskFailedException>(() => Run(host, payload));
        Assert.Equal(code, failure.Code);
        return failure;
    }
}
