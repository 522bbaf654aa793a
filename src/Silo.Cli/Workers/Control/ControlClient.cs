using System.Net.Sockets;
using System.Text.Json;
using Silo.Cli.Invocation;

namespace Silo.Cli.Workers.Control;

/// <summary>Talks to the manager of a folder.</summary>
internal sealed class ControlClient : IDisposable
{
    private readonly Socket _socket;

    private ControlClient(Socket socket) => _socket = socket;

    /// <returns>Null when no manager listens there.</returns>
    /// <exception cref="CommandException">The socket is another user's.</exception>
    public static async Task<ControlClient?> ConnectOrNullAsync(string path, CancellationToken cancellationToken)
    {
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            await socket.ConnectAsync(new UnixDomainSocketEndPoint(path), cancellationToken);
            return new ControlClient(socket);
        }
        catch (SocketException refused) when (refused.SocketErrorCode == SocketError.AccessDenied)
        {
            socket.Dispose();
            throw new CommandException(ExitCode.Failed, $"The manager at {path} is another user's.", refused);
        }
        catch (SocketException)
        {
            // Nobody listens: there is no socket, or its manager was killed and left it behind.
            socket.Dispose();
            return null;
        }
    }

    /// <summary>Asks, and waits until what was asked for is done.</summary>
    /// <param name="begun">Gets how things were when it began; not called for what is done at once.</param>
    /// <returns>How things are then; null when the manager ended before it had heard of it, as one that is just being killed.</returns>
    /// <exception cref="CommandException">The manager refuses, or ended meanwhile.</exception>
    public async Task<WorkersStatus?> AskAsync(ControlRequest request, Action<WorkersStatus> begun, CancellationToken cancellationToken)
    {
        using var stream = new NetworkStream(_socket);
        using var reader = new StreamReader(stream);
        var line = await SendAsync(stream, request, cancellationToken) ? await ReadAsync(reader, cancellationToken) : null;
        if (line is null)
        {
            return null;
        }

        while (true)
        {
            var reply = Parse(line);
            if (reply.Done)
            {
                return reply.Status!;
            }

            begun(reply.Status!);
            line = await ReadAsync(reader, cancellationToken);
        }
    }

    public void Dispose() => _socket.Dispose();

    private static async Task<bool> SendAsync(NetworkStream stream, ControlRequest request, CancellationToken cancellationToken)
    {
        try
        {
            await stream.WriteAsync((byte[])[.. JsonSerializer.SerializeToUtf8Bytes(request, ControlJson.Default.ControlRequest), (byte)'\n'], cancellationToken);
            return true;
        }
        catch (IOException)
        {
            // The other end was closed in this moment.
            return false;
        }
    }

    private static async Task<string?> ReadAsync(StreamReader reader, CancellationToken cancellationToken)
    {
        try
        {
            return await reader.ReadLineAsync(cancellationToken);
        }
        catch (IOException)
        {
            // The connection broke, which means what its end means.
            return null;
        }
    }

    private static ControlReply Parse(string? line)
    {
        if (line is null)
        {
            throw new CommandException(ExitCode.Failed, "The manager ended before it was done; its workers go on. See: silo workers status");
        }

        var reply = JsonSerializer.Deserialize(line, ControlJson.Default.ControlReply)!;
        return reply.Problem is { } problem ? throw new CommandException(ExitCode.Failed, problem) : reply;
    }
}
