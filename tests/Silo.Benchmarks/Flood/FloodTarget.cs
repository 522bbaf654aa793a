using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Silo.Benchmarks.Flood;

/// <summary>The server as its attackers see it: an address that takes bytes.</summary>
/// <param name="Address">On this machine.</param>
/// <param name="ApiKey">A key that may do everything: most of what is attacked lies behind it.</param>
internal sealed record FloodTarget(Uri Address, string ApiKey)
{
    public const string Closed = "closed";
    public const string Unanswered = "unanswered";

    /// <summary>How long an attacker waits for an answer.</summary>
    private static readonly TimeSpan AnswerTime = TimeSpan.FromSeconds(15);

    public async Task<Socket> ConnectAsync(CancellationToken cancellationToken)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true, ReceiveBufferSize = 4096 };
        try
        {
            await socket.ConnectAsync(IPAddress.Loopback, Address.Port, cancellationToken);
            return socket;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    /// <summary>Sends a request over a connection of its own.</summary>
    /// <returns>The status, <see cref="Closed"/> or <see cref="Unanswered"/>.</returns>
    public async Task<string> SendAsync(ReadOnlyMemory<byte> request, CancellationToken cancellationToken)
    {
        using var late = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        late.CancelAfter(AnswerTime);
        try
        {
            using var socket = await ConnectAsync(late.Token);
            // Both ways at once: a server that refuses early stops reading.
            var sending = SendAllAsync(socket, request, late.Token);
            var status = await StatusAsync(socket, late.Token);
            await sending;
            return status;
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return Unanswered;
        }
        catch (SocketException)
        {
            return Closed;
        }
    }

    /// <summary>The status of the answer that comes; <see cref="Closed"/> when none does.</summary>
    public static async Task<string> StatusAsync(Socket socket, CancellationToken cancellationToken)
    {
        const int StatusEnd = 12;
        var line = new byte[StatusEnd];
        for (var length = 0; length < StatusEnd;)
        {
            int read;
            try
            {
                read = await socket.ReceiveAsync(line.AsMemory(length), cancellationToken);
            }
            catch (SocketException)
            {
                return Closed;
            }

            if (read == 0)
            {
                return Closed;
            }

            length += read;
        }

        return Encoding.ASCII.GetString(line, StatusEnd - 3, 3);
    }

    private static async Task SendAllAsync(Socket socket, ReadOnlyMemory<byte> request, CancellationToken cancellationToken)
    {
        try
        {
            while (!request.IsEmpty)
            {
                request = request[await socket.SendAsync(request, cancellationToken)..];
            }
        }
        catch (Exception refused) when (refused is SocketException or OperationCanceledException or ObjectDisposedException)
        {
            // What the server said to it is what counts.
        }
    }
}
