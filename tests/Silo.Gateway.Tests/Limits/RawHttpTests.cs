using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.RegularExpressions;
using Silo.Gateway.Tests.Hosting;
using Silo.Testing;

namespace Silo.Gateway.Tests.Limits;

/// <summary>Requests as no HTTP library sends them, over bare sockets: each is answered with what its sender did, and none with a failure of ours.</summary>
public sealed partial class RawHttpTests
{
    private const string Host = "Host: localhost\r\n";
    private const string Task = """{"type":"echo","payload":1}""";
    private const string Post = $"POST /api/v1/tasks HTTP/1.1\r\n{Host}Content-Type: application/json\r\n";
    private const string Chunked = $"{Post}Transfer-Encoding: chunked\r\nConnection: close\r\n\r\n";

    [Theory]
    [InlineData("GET /health/live HTTP/1.0\r\n" + Host + "\r\n", "200")]
    [InlineData("GET /api/v1/tasks HTTP/1.0\r\n\r\n", "403")]
    [InlineData("POST /api/v1/tasks HTTP/1.0\r\n" + Host + "Content-Type: application/json\r\nContent-Length: 27\r\n\r\n" + Task, "201")]
    [InlineData("POST /api/v1/tasks HTTP/1.0\r\n" + Host + "Content-Type: application/x-ndjson\r\nContent-Length: 28\r\n\r\n" + Task + "\n", "200")]
    [InlineData(Chunked + "1b;name=\"value\"\r\n" + Task + "\r\n0\r\n\r\n", "201")]
    [InlineData(Chunked + "-1\r\n" + Task + "\r\n0\r\n\r\n", "400")]
    [InlineData(Chunked + "1b\n" + Task + "\n0\n\n", "400")]
    [InlineData(Post + "Transfer-Encoding: identity\r\nConnection: close\r\n\r\n" + Task, "400")]
    [InlineData(Post + "Expect: 100-continue\r\nConnection: close\r\nContent-Length: 27\r\n\r\n" + Task, "201")]
    [InlineData("GET /health/live HTTP/1.1\r\n" + Host + Host + "\r\n", "400")]
    [InlineData("GET http://evil.example/api/v1/tasks HTTP/1.1\r\n" + Host + "Connection: close\r\n\r\n", "400")]
    [InlineData("OPTIONS * HTTP/1.1\r\n" + Host + "Connection: close\r\n\r\n", "405")]
    [InlineData("CONNECT localhost:80 HTTP/1.1\r\n" + Host + "\r\n", "400")]
    [InlineData("GET /health/live HTTP/1.1\r\n" + Host + "X: a\r\n b\r\nConnection: close\r\n\r\n", "400")]
    [InlineData("GET /health/live HTTP/1.1\r\n" + Host + "Connection: close\r\nContent-Length: 5\r\n\r\nhello", "200")]
    [InlineData("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", "")]
    public async Task Request_AsNoLibrarySendsIt_IsAnswered(string request, string expected)
    {
        await using var server = await GatewayServer.StartAsync();

        Assert.Equal(expected.Length == 0 ? [] : [expected], await StatusesAsync(server, request));
    }

    [Fact]
    public async Task Requests_Pipelined_AreAnsweredOneByOne()
    {
        const int count = 50;
        await using var server = await GatewayServer.StartAsync();

        var statuses = await StatusesAsync(
            server, string.Concat(Enumerable.Repeat($"{Post}Content-Length: {Task.Length}\r\n\r\n{Task}", count)) + $"GET /health/live HTTP/1.1\r\n{Host}Connection: close\r\n\r\n");

        Assert.Equal([.. Enumerable.Repeat("201", count), "200"], statuses);
        Assert.Equal(count, server.Client.Submitted.Count);
    }

    [Fact]
    public async Task Body_InChunksOfOneByte_IsTheBody()
    {
        await using var server = await GatewayServer.StartAsync();

        Assert.Equal(["201"], await StatusesAsync(server, Chunked + string.Concat(Task.Select(letter => $"1\r\n{letter}\r\n")) + "0\r\n\r\n"));
    }

    // The final ones: 100 is no answer yet.
    private static async Task<string[]> StatusesAsync(GatewayServer server, string request)
    {
        using var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync(IPAddress.Loopback, server.Address.Port);
        await socket.SendAsync(Encoding.ASCII.GetBytes(request));
        var text = new StringBuilder();
        var buffer = new byte[4096];
        while (await Await.Within(socket.ReceiveAsync(buffer), GatewayServer.Limit, "the server to close") is var read && read > 0)
            text.Append(Encoding.UTF8.GetString(buffer, 0, read));
        return [.. StatusLine().Matches(text.ToString()).Select(match => match.Groups[1].Value).Where(status => status != "100")];
    }

    [GeneratedRegex(@"HTTP/1\.1 (\d{3}) ")]
    private static partial Regex StatusLine();
}
