using System.Net;
using System.Net.Sockets;
using System.Text;
using Silo.Gateway.Events;
using Silo.Gateway.Requests;
using Silo.Gateway.Tests.Hosting;
using Silo.Testing;
using Answer = Silo.Gateway.Tests.Hosting.Answer;

namespace Silo.Gateway.Tests.Limits;

/// <summary>What many bodies at once, or endless problems in one, may cost.</summary>
public sealed class BodyMemoryTests
{
    private const int LargeBytes = 50_000;
    private const string Head = "POST /api/v1/tasks HTTP/1.1\r\nHost: localhost\r\n";

    private static readonly GatewayOptions Tight = new() { BodyBytesMax = GatewayOptions.BodyBytesMin, BodiesBytesMax = GatewayOptions.BodyBytesMin };

    [Theory]
    [InlineData("application/json")]
    [InlineData("application/x-ndjson")]
    public async Task Bodies_MoreThanThereIsMemoryFor_AreRefusedUntilOneIsGone(string heldType)
    {
        await using var server = await GatewayServer.StartAsync(Tight);
        using (var holder = await ConnectAsync(server))
        {
            await SendAsync(holder, $"{Head}Content-Type: {heldType}\r\nContent-Length: {LargeBytes + 10}\r\n\r\n{{{new string(' ', LargeBytes)}");
            await Await.Until(() => server.Bodies.HeldBytes > LargeBytes - BodyMemory.FreeBytes, GatewayServer.Limit, "the body to be held");
            var refusal = await LargeAsync(server);
            Assert.Equal((429, "too_many_bodies", "1"), (refusal.Code, refusal.Problem, refusal.Headers.RetryAfter!.ToString()));
            Assert.Equal(201, (await server.PostAsync("/api/v1/tasks", """{"type":"echo"}""")).Code);
        }

        await UntilAsync(server, answer => answer.Code == 201);
    }

    [Fact]
    public async Task Stream_NoMemoryForALine_EndsWithALineThatSaysSo()
    {
        await using var server = await GatewayServer.StartAsync(Tight);
        using var holder = await ConnectAsync(server);
        await SendAsync(holder, $"{Head}Content-Type: application/json\r\nContent-Length: {LargeBytes + 10}\r\n\r\n{{{new string(' ', LargeBytes)}");
        await Await.Until(() => server.Bodies.HeldBytes > LargeBytes - BodyMemory.FreeBytes, GatewayServer.Limit, "the body to be held");

        // The line has no end: one that arrives at once, and whole, is a line and needs no memory.
        using var client = await ConnectAsync(server);
        await SendAsync(client, $"{Head}Content-Type: application/x-ndjson\r\nContent-Length: 1000000\r\n\r\n{{\"type\":\"echo\"}}\n{{{new string(' ', LargeBytes)}");
        var answer = await ReadUntilAsync(client, "too_many_bodies");

        Assert.StartsWith("HTTP/1.1 200 ", answer, StringComparison.Ordinal);
        Assert.Matches("(?s)\"state\":.*too_many_bodies", answer);
    }

    [Theory]
    [InlineData("application/json", "HTTP/1.1 408 ")]
    [InlineData("application/x-ndjson", "HTTP/1.1 200 ")]
    public async Task Body_TakesLongerThanItMay_IsAProblem(string type, string status)
    {
        var time = new ManualTimeProvider();
        await using var server = await GatewayServer.StartAsync(time: time);
        using var client = await ConnectAsync(server);
        await SendAsync(client, $"{Head}Content-Type: {type}\r\nContent-Length: 1000000\r\n\r\n{{{new string(' ', LargeBytes)}");

        await Await.Within(time.WhenTimersArmedAsync(1), GatewayServer.Limit, "the body to be awaited");
        var reading = ReadUntilAsync(client, "body_too_slow");
        await Await.Until(
            () =>
            {
                time.Advance(new GatewayOptions().BodyTimeMax);
                return Task.FromResult(reading.IsCompleted);
            },
            GatewayServer.Limit,
            "the refusal");

        Assert.StartsWith(status, await reading, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("application/json", "HTTP/1.1 400 ")]
    [InlineData("application/x-ndjson", "HTTP/1.1 200 ")]
    public async Task Body_ChunkSizeBeyondAllBounds_IsNoHttp(string type, string status)
    {
        await using var server = await GatewayServer.StartAsync();
        using var client = await ConnectAsync(server);
        await SendAsync(client, $"{Head}Content-Type: {type}\r\nTransfer-Encoding: chunked\r\n\r\n7fffffffffffffff\r\n{{}}");

        Assert.StartsWith(status, await ReadUntilAsync(client, "bad_http_request"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Body_WrongInAHundredThousandPlaces_IsLookedAtOnlySoFar()
    {
        await using var server = await GatewayServer.StartAsync();

        var answer = await server.PostAsync("/api/v1/tasks", $"[{string.Join(',', Enumerable.Repeat("""{"x":1}""", 100_000))}]");

        Assert.Equal((400, RequestProblems.ListedMax), (answer.Code, answer.Errors.Length));
        Assert.Contains($"And at least {RequestProblems.CountMax - 1} more", answer.Json.GetProperty("detail").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Stream_AnswersAreNotTaken_IsCutOff()
    {
        var time = new ManualTimeProvider();
        await using var server = await GatewayServer.StartAsync(new GatewayOptions { ConnectionsMax = 1 }, time: time);
        using var client = await ConnectAsync(server);
        var lines = string.Concat(Enumerable.Repeat("{\"x\":1}\n", 100_000));
        var sending = SendAsync(client, $"{Head}Content-Type: application/x-ndjson\r\nContent-Length: {lines.Length}\r\n\r\n{lines}");

        await Await.Until(
            async () =>
            {
                time.Advance(StreamOutput.StallMax);
                using var other = await ConnectAsync(server);
                await SendAsync(other, "GET /health/live HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
                return (await ReadUntilAsync(other, until: null)).StartsWith("HTTP/1.1 200 ", StringComparison.Ordinal);
            },
            GatewayServer.Limit,
            "the connection to be given up");
        await sending.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);
    }

    private static Task<Answer> LargeAsync(GatewayServer server) => server.PostAsync("/api/v1/tasks", $$"""{"type":"echo"{{new string(' ', LargeBytes)}}}""");

    private static async Task<Answer> UntilAsync(GatewayServer server, Func<Answer, bool> isIt)
    {
        var last = await LargeAsync(server);
        await Await.Until(async () => isIt(last) || isIt(last = await LargeAsync(server)), GatewayServer.Limit, "the answer to change");
        return last;
    }

    private static async Task<Socket> ConnectAsync(GatewayServer server)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { ReceiveBufferSize = 4096 };
        await socket.ConnectAsync(IPAddress.Loopback, server.Address.Port);
        return socket;
    }

    private static async Task SendAsync(Socket socket, string text)
    {
        for (ReadOnlyMemory<byte> rest = Encoding.ASCII.GetBytes(text); !rest.IsEmpty;)
            rest = rest[await socket.SendAsync(rest)..];
    }

    // Null: until the server closes, in order or not.
    private static async Task<string> ReadUntilAsync(Socket socket, string? until)
    {
        var text = new StringBuilder();
        var buffer = new byte[4096];
        while (until is null || !text.ToString().Contains(until, StringComparison.Ordinal))
        {
            int read;
            try
            {
                read = await Await.Within(socket.ReceiveAsync(buffer), GatewayServer.Limit, until ?? "the end");
            }
            catch (SocketException)
            {
                break;
            }

            if (read == 0)
                break;
            text.Append(Encoding.UTF8.GetString(buffer, 0, read));
        }

        return text.ToString();
    }
}
