using System.Net;
using System.Net.Sockets;

namespace Silo.Cli.Processes;

/// <summary>Ports for servers that must be told theirs before they start.</summary>
internal static class LoopbackPorts
{
    // Below what Linux (from 32,768) and macOS (from 49,152) give to outgoing connections: one of those could take the port while its server restarts.
    private const int First = 20_000;
    private const int Last = 32_000;
    private const int TriesMax = 200;

    /// <returns>A port that nobody on this machine listens on now.</returns>
    /// <exception cref="InvalidOperationException">None was found.</exception>
    public static int Free()
    {
        for (var tries = 0; tries < TriesMax; tries++)
        {
            var port = Random.Shared.Next(First, Last);
            using var listener = new TcpListener(IPAddress.Loopback, port);
            try
            {
                listener.Start();
                return port;
            }
            catch (SocketException taken) when (taken.SocketErrorCode == SocketError.AddressAlreadyInUse)
            {
                // The next one may be free.
            }
        }

        throw new InvalidOperationException($"No free port was found between {First} and {Last} in {TriesMax} tries.");
    }
}
