using System.Net;
using System.Net.Sockets;

namespace Silo.Cluster.Tests.Processes;

/// <summary>The ports of one silo that must be known before it listens, since the others are told of them.</summary>
internal readonly record struct ServerPorts(int Silo, int Gateway)
{
    // Below the ports that outgoing connections get, so that none of them takes one while its silo is away.
    private const int Lowest = 12_000;
    private const int Highest = 32_000;

    public static ServerPorts Free()
    {
        while (true)
        {
            var silo = Random.Shared.Next(Lowest, Highest);
            if (IsFree(silo) && IsFree(silo + 1))
            {
                return new ServerPorts(silo, silo + 1);
            }
        }
    }

    private static bool IsFree(int port)
    {
        using var listener = new TcpListener(IPAddress.Loopback, port);
        try
        {
            listener.Start();
            return true;
        }
        catch (SocketException taken) when (taken.SocketErrorCode == SocketError.AddressAlreadyInUse)
        {
            return false;
        }
    }
}
