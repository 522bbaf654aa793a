using System.Collections.Concurrent;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;

namespace Silo.Cli.Workers.Control;

/// <summary>The manager's end of the control channel: a Unix socket for its user alone, a line of JSON per request and per answer.</summary>
internal sealed class ControlServer : IAsyncDisposable
{
    private const int ConnectionsMax = 16;
    private const int RequestBytesMax = 4096;

    /// <summary>A connection on which nothing is asked is closed after this.</summary>
    private static readonly TimeSpan RequestLimit = TimeSpan.FromSeconds(10);

    private readonly Socket _socket;
    private readonly Func<ControlRequest, IAsyncEnumerable<ControlReply>> _answer;
    private readonly CancellationTokenSource _closing = new();
    private readonly SemaphoreSlim _free = new(ConnectionsMax);
    private readonly ConcurrentDictionary<Task, bool> _connections = new();
    private readonly Task _accepting;

    private ControlServer(Socket socket, Func<ControlRequest, IAsyncEnumerable<ControlReply>> answer)
    {
        (_socket, _answer) = (socket, answer);
        _accepting = AcceptAsync();
    }

    /// <param name="path">Of the socket; one that a killed manager left there is replaced, so the caller holds the folder's lock.</param>
    /// <param name="answer">Called once per connection.</param>
    public static ControlServer Listen(string path, Func<ControlRequest, IAsyncEnumerable<ControlReply>> answer)
    {
        File.Delete(path);
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        socket.Bind(new UnixDomainSocketEndPoint(path));
        if (!OperatingSystem.IsWindows())
        {
            // Before it listens: nobody connects to a socket that does not.
            File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        }

        socket.Listen(ConnectionsMax);
        return new ControlServer(socket, answer);
    }

    /// <summary>Takes no more requests; those that were taken get their answers.</summary>
    public async ValueTask DisposeAsync()
    {
        await _closing.CancelAsync();
        await _accepting;
        await Task.WhenAll(_connections.Keys);
        _socket.Dispose();
        _free.Dispose();
        _closing.Dispose();
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                await _free.WaitAsync(_closing.Token);
                var connection = await _socket.AcceptAsync(_closing.Token);
                var serving = ServeAsync(connection);
                _connections.TryAdd(serving, true);
                _ = serving.ContinueWith(
                    ended =>
                    {
                        _free.Release();
                        _connections.TryRemove(ended, out _);
                    },
                    CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
            }
        }
        catch (OperationCanceledException) when (_closing.IsCancellationRequested)
        {
            // The manager ends.
        }
    }

    private async Task ServeAsync(Socket connection)
    {
        await Task.Yield();
        using var stream = new NetworkStream(connection, ownsSocket: true);
        try
        {
            if (await ReadRequestAsync(stream) is not { } request)
            {
                await WriteAsync(stream, new ControlReply { Done = true, Problem = "The manager does not know this request; it may be of another version than this program." });
                return;
            }

            await foreach (var reply in _answer(request))
            {
                await WriteAsync(stream, reply);
            }
        }
        catch (IOException)
        {
            // The caller has gone; what it asked for is done all the same.
        }
        catch (OperationCanceledException)
        {
            // It asked for nothing in time, or the manager ends.
        }
    }

    /// <returns>Null for one that is not understood.</returns>
    private async Task<ControlRequest?> ReadRequestAsync(NetworkStream stream)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(_closing.Token);
        limit.CancelAfter(RequestLimit);
        var bytes = new byte[RequestBytesMax];
        var length = 0;
        while (length < bytes.Length)
        {
            var count = await stream.ReadAsync(bytes.AsMemory(length), limit.Token);
            length += count;
            if (count == 0 || bytes.AsSpan(0, length).Contains((byte)'\n'))
            {
                break;
            }
        }

        try
        {
            return JsonSerializer.Deserialize(Encoding.UTF8.GetString(bytes, 0, length), ControlJson.Default.ControlRequest);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static ValueTask WriteAsync(NetworkStream stream, ControlReply reply) =>
        stream.WriteAsync((byte[])[.. JsonSerializer.SerializeToUtf8Bytes(reply, ControlJson.Default.ControlReply), (byte)'\n']);
}
