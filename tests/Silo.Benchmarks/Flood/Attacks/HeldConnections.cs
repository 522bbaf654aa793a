using System.Net.Sockets;

namespace Silo.Benchmarks.Flood.Attacks;

/// <summary>Holds many connections open: each sends its opening, then drips, and reads nothing unless the server has ended it; then another takes its place.</summary>
/// <param name="opening">Sent at once.</param>
/// <param name="drip">Sent again and again; empty for a client that falls silent.</param>
/// <param name="every">How often a drop is sent, or, without drops, looked whether the server has ended the connection.</param>
internal sealed class HeldConnections(string name, int count, ReadOnlyMemory<byte> opening, ReadOnlyMemory<byte> drip, TimeSpan every, bool halfClosed = false) : IFloodAttack
{
    /// <summary>Connections opened in a second: the flood should show what they cost when held, not how fast a system opens them.</summary>
    private const int OpenedPerSecond = 500;

    public string Name => name;

    public async Task RunAsync(FloodTarget target, FloodTally tally, CancellationToken ended)
    {
        var held = new List<Task>(count);
        try
        {
            for (var number = 0; number < count; number++)
            {
                held.Add(HoldAsync(target, tally, ended));
                await Task.Delay(TimeSpan.FromSeconds(1d / OpenedPerSecond), ended);
            }
        }
        catch (OperationCanceledException)
        {
            // The flood is over.
        }

        await Task.WhenAll(held);
    }

    private async Task HoldAsync(FloodTarget target, FloodTally tally, CancellationToken ended)
    {
        try
        {
            while (true)
            {
                tally.Count(name, await OnceAsync(target, ended));
                await Task.Delay(every, ended);
            }
        }
        catch (OperationCanceledException)
        {
            tally.Count(name, "held");
        }
    }

    private async Task<string> OnceAsync(FloodTarget target, CancellationToken ended)
    {
        try
        {
            using var socket = await target.ConnectAsync(ended);
            await socket.SendAsync(opening, ended);
            if (halfClosed)
            {
                socket.Shutdown(SocketShutdown.Send);
            }

            while (!IsEnded(socket))
            {
                await Task.Delay(every, ended);
                if (!drip.IsEmpty)
                {
                    await socket.SendAsync(drip, ended);
                }
            }

            return await FloodTarget.StatusAsync(socket, ended);
        }
        catch (SocketException)
        {
            return FloodTarget.Closed;
        }
    }

    // The server has closed its side once everything it sent, if anything, is followed by an end.
    private static bool IsEnded(Socket socket)
    {
        if (!socket.Poll(0, SelectMode.SelectRead))
        {
            return false;
        }

        var peeked = new byte[16];
        var read = socket.Receive(peeked, SocketFlags.Peek);
        return read == 0 || (read >= 12 && peeked[9] is (byte)'4' or (byte)'5');
    }
}
