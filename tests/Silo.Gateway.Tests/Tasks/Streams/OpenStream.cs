using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Text;
using Silo.Gateway.Tests.Hosting;
using Silo.Testing;

namespace Silo.Gateway.Tests.Tasks.Streams;

/// <summary>A request whose body is still being written while its answer is read, as <see cref="HttpClient"/> cannot have it over HTTP/1.1.</summary>
internal sealed class OpenStream : IDisposable
{
    private readonly Socket _socket;
    private readonly StreamReader _answer;

    private OpenStream(Socket socket) => (_socket, _answer) = (socket, new StreamReader(new NetworkStream(socket), Encoding.UTF8));

    public static async Task<OpenStream> StartAsync(GatewayServer server)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync(IPAddress.Loopback, server.Address.Port);
        var stream = new OpenStream(socket);
        await stream.WriteRawAsync($"POST /api/v1/tasks HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/x-ndjson\r\nTransfer-Encoding: chunked\r\n\r\n");
        return stream;
    }

    public Task WriteAsync(string text) => WriteRawAsync($"{Encoding.UTF8.GetByteCount(text):x}\r\n{text}\r\n");

    public Task EndAsync() => WriteRawAsync("0\r\n\r\n");

    /// <summary>The next line that is JSON: those around it are of HTTP.</summary>
    public async Task<string?> ReadAnswerAsync()
    {
        while (await Await.Within(_answer.ReadLineAsync(), GatewayServer.Limit, "a line of the answer") is { } line)
        {
            if (line.StartsWith('{'))
                return line;
            if (line == "0")
                return null;
        }

        return null;
    }

    public void Dispose()
    {
        _answer.Dispose();
        _socket.Dispose();
    }

    public async Task WriteRawAsync(string text)
    {
        ReadOnlyMemory<byte> rest = Encoding.UTF8.GetBytes(text);
        while (!rest.IsEmpty)
            rest = rest[await Await.Within(_socket.SendAsync(rest).AsTask(), GatewayServer.Limit, "the server to read on")..];
    }

    public static HttpRequestMessage Whole(string body) => new(HttpMethod.Post, "/api/v1/tasks")
    {
        Content = new ByteArrayContent(Encoding.UTF8.GetBytes(body)) { Headers = { ContentType = new MediaTypeHeaderValue("application/x-ndjson") } },
    };
}
