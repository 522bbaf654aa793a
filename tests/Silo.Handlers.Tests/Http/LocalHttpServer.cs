using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Silo.Handlers.Tests.Http;

/// <summary>A real server on this machine that answers with any bytes, and remembers who came.</summary>
internal sealed class LocalHttpServer : IAsyncDisposable
{
    private readonly TcpListener _listener;
    private readonly CancellationTokenSource _stop = new();
    private readonly Func<string, Stream, CancellationToken, Task> _answer;
    private readonly Task _accepting;
    private int _connections;

    public LocalHttpServer(Func<string, Stream, CancellationToken, Task> answer, string address = "127.0.0.1", int port = 0)
    {
        _answer = answer;
        _listener = new TcpListener(IPAddress.Parse(address), port);
        _listener.Start();
        Port = ((IPEndPoint)_listener.LocalEndpoint).Port;
        Url = $"http://{address}:{Port}";
        _accepting = AcceptAsync();
    }

    public int Port { get; }

    /// <summary>Without a slash at its end.</summary>
    public string Url { get; }

    public int Connections => Volatile.Read(ref _connections);

    /// <summary>Requests as they came: the head, and what there is of the body.</summary>
    public ConcurrentQueue<string> Requests { get; } = [];

    /// <summary>Answers every request with the same text.</summary>
    public static LocalHttpServer Saying(string response, string address = "127.0.0.1", int port = 0) =>
        new((_, stream, cancellationToken) => WriteAsync(stream, response, cancellationToken), address, port);

    public static string Ok(string body, string headers = "") => $"HTTP/1.1 200 OK\r\n{headers}Content-Length: {Encoding.UTF8.GetByteCount(body)}\r\nConnection: close\r\n\r\n{body}";

    public static string Redirect(string location, int status = 302) => $"HTTP/1.1 {status} Moved\r\nLocation: {location}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";

    public static Task WriteAsync(Stream stream, string text, CancellationToken cancellationToken) => stream.WriteAsync(Encoding.UTF8.GetBytes(text), cancellationToken).AsTask();

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _listener.Dispose();
        await _accepting;
        _stop.Dispose();
    }

    private async Task AcceptAsync()
    {
        var serving = new List<Task>();
        try
        {
            while (true)
            {
                var socket = await _listener.AcceptSocketAsync(_stop.Token);
                Interlocked.Increment(ref _connections);
                serving.Add(ServeAsync(socket));
            }
        }
        catch (OperationCanceledException)
        {
            await Task.WhenAll(serving);
        }
    }

    private async Task ServeAsync(Socket socket)
    {
        await using var stream = new NetworkStream(socket, ownsSocket: true);
        try
        {
            var buffer = new byte[64 * 1024];
            var length = 0;
            do
            {
                var read = await stream.ReadAsync(buffer.AsMemory(length), _stop.Token);
                if (read == 0)
                    return;
                length += read;
            }
            while (!IsWhole(Encoding.UTF8.GetString(buffer, 0, length)));

            var request = Encoding.UTF8.GetString(buffer, 0, length);
            Requests.Enqueue(request);
            await _answer(request, stream, _stop.Token);
        }
        catch (Exception gone) when (gone is IOException or OperationCanceledException)
        {
            // The client has left, which some tests are about, or the test is over.
        }
    }

    private static bool IsWhole(string request)
    {
        var end = request.IndexOf("\r\n\r\n", StringComparison.Ordinal);
        if (end < 0)
            return false;
        var length = request[..end].Split("\r\n").FirstOrDefault(line => line.StartsWith("Content-Length: ", StringComparison.Ordinal));
        return length is null || Encoding.UTF8.GetByteCount(request[(end + 4)..]) >= int.Parse(length["Content-Length: ".Length..]);
    }
}
