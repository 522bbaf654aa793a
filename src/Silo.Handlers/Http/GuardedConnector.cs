using System.Net;
using System.Net.Sockets;

namespace Silo.Handlers.Http;

/// <summary>Resolves a name once, checks every address it has, and connects to one of the very addresses that were checked.</summary>
/// <remarks>A name that is resolved for the check and again for the connection can point elsewhere the second time.</remarks>
internal sealed class GuardedConnector(AddressGuard guard, IHostResolver resolver)
{
    private const int AddressesTriedMax = 4;

    /// <summary>What an address may take while others are left to try.</summary>
    private static readonly TimeSpan AddressTime = TimeSpan.FromSeconds(3);

    /// <exception cref="AddressNotAllowedException">One of the host's addresses is refused; nothing was sent to any.</exception>
    public async ValueTask<Stream> ConnectAsync(DnsEndPoint target, CancellationToken cancellationToken)
    {
        var addresses = await resolver.ResolveAsync(target.Host, cancellationToken);
        foreach (var address in addresses)
        {
            if (guard.Refuse(target.Host, address) is { } rule)
                throw new AddressNotAllowedException(rule);
        }

        var tried = Math.Min(addresses.Length, AddressesTriedMax);
        for (var index = 0; index < tried; index++)
        {
            if (await TryConnectAsync(addresses[index], target.Port, isLast: index == tried - 1, cancellationToken) is { } stream)
                return stream;
        }

        throw new SocketException((int)SocketError.HostNotFound);
    }

    /// <returns>Null when this address does not answer and another one may.</returns>
    private static async Task<Stream?> TryConnectAsync(IPAddress address, int port, bool isLast, CancellationToken cancellationToken)
    {
        var plain = address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        if (!isLast)
            limit.CancelAfter(AddressTime);
        var socket = new Socket(plain.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(new IPEndPoint(plain, port), limit.Token);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch (Exception failure)
        {
            socket.Dispose();
            if (isLast || cancellationToken.IsCancellationRequested || failure is not (SocketException or OperationCanceledException))
                throw;
            return null;
        }
    }
}
