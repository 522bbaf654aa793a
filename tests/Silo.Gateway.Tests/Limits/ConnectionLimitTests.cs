using System.Net;
using System.Net.Sockets;
using System.Text;
using Silo.Core.Tasks;
using Silo.Gateway.Tests.Hosting;
using Silo.Testing;

namespace Silo.Gateway.Tests.Limits;

/// <summary>Clients that are slow or too many, over bare sockets. Each test awaits the server's answer, not a time.</summary>
public sealed class ConnectionLimitTests
{
    private static readonly TimeSpan Short = TimeSpan.FromSeconds(1.5);

    [Fact]
    public async Task Body_SlowerThanTheMinimum_IsAProblem()
    {
        await using var server = await GatewayServer.StartAsync(new GatewayOptions { BodyGraceTime = Short });
        using var client = await ConnectAsync(server);
        await SendAsync(client, "POST /api/v1/tasks HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{");

        var answer = await ReadUntilAsync(client, "body_too_slow");

        Assert.StartsWith("HTTP/1.1 408 ", answer, StringComparison.Ordinal);
        Assert.Contains("application/problem+json", answer, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Headers_ThatDoNotEnd_AreAnsweredWithABareStatus()
    {
        await using var server = await GatewayServer.StartAsync(new GatewayOptions { RequestHeadersTimeout = Short });
        using var client = await ConnectAsync(server);
        await SendAsync(client, "GET /api/v1/tasks HTTP/1.1\r\nHost: loc");

        Assert.StartsWith("HTTP/1.1 408 ", await ReadUntilAsync(client, "\r\n\r\n"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Connection_ThatIsIdle_IsClosed()
    {
        await using var server = await GatewayServer.StartAsync(new GatewayOptions { KeepAliveTimeout = Short });
        using var client = await ConnectAsync(server);
        await SendAsync(client, "GET /health/live HTTP/1.1\r\nHost: localhost\r\n\r\n");

        var answer = await ReadUntilAsync(client, until: null);

        Assert.StartsWith("HTTP/1.1 200 ", answer, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Connection_OneTooMany_IsClosedAndTheOthersServed()
    {
        await using var server = await GatewayServer.StartAsync(new GatewayOptions { ConnectionsMax = 1 });
        using var first = await ConnectAsync(server);
        await SendAsync(first, "GET /health/live HTTP/1.1\r\nHost: localhost\r\n\r\n");
        await ReadUntilAsync(first, "ok");

        using var second = await ConnectAsync(server);
        Assert.Equal("", await ReadUntilAsync(second, until: null));
        await SendAsync(first, "GET /health/live HTTP/1.1\r\nHost: localhost\r\n\r\n");
        Assert.StartsWith("HTTP/1.1 200 ", await ReadUntilAsync(first, "ok"), StringComparison.Ordinal);
    }

    [Fact]
    public void Options_WrongLimits_AreAllReported()
    {
        var options = new GatewayOptions
        {
            BodyBytesMax = 1,
            PayloadBytesMax = TaskLimits.PayloadBytesMax + 1,
            BodiesBytesMax = 0,
            JsonDepthMax = 7,
            BatchTasksMax = 0,
            EventReadersMax = -1,
            BacklogMax = 0,
            ConnectionsMax = 0,
            BodyBytesPerSecondMin = double.NaN,
            RequestHeadersTimeout = TimeSpan.Zero,
            KeepAliveTimeout = TimeSpan.FromHours(2),
            BodyTimeMax = TimeSpan.Zero,
            BodyGraceTime = TimeSpan.FromSeconds(1),
        };

        Assert.Equal(
            [
                "BodyBytesMax", "BodiesBytesMax", "PayloadBytesMax", "JsonDepthMax", "BatchTasksMax", "EventReadersMax", "BacklogMax", "ConnectionsMax", "BodyBytesPerSecondMin", "RequestHeadersTimeout",
                "KeepAliveTimeout", "BodyTimeMax", "BodyGraceTime",
            ],
            options.Problems().Select(problem => problem.Split(' ')[0]));
    }

    private static async Task<Socket> ConnectAsync(GatewayServer server)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync(IPAddress.Loopback, server.Address.Port);
        return socket;
    }

    private static async Task SendAsync(Socket socket, string text) => await socket.SendAsync(Encoding.ASCII.GetBytes(text));

    // Null: until the server closes, in order or not.
    private static async Task<string> ReadUntilAsync(Socket socket, string? until)
    {
        var (text, buffer) = ("", new byte[4096]);
        while (until is null || !text.Contains(until, StringComparison.Ordinal))
        {
            try
            {
                var read = await Await.Within(socket.ReceiveAsync(buffer), GatewayServer.Limit, until ?? "the connection to be closed");
                if (read == 0)
                    break;
                text += Encoding.UTF8.GetString(buffer.AsSpan(0, read));
            }
            catch (SocketException)
            {
                break;
            }
        }

        return text;
    }
}
