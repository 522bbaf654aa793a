using System.Net;

namespace Silo.Handlers.Http;

/// <summary>Finds the addresses of a host name, so that tests can answer for name servers.</summary>
internal interface IHostResolver
{
    /// <exception cref="System.Net.Sockets.SocketException">There is no such host, or nobody can say.</exception>
    Task<IPAddress[]> ResolveAsync(string host, CancellationToken cancellationToken);
}

/// <summary>The machine's own resolver.</summary>
internal sealed class SystemHostResolver : IHostResolver
{
    public Task<IPAddress[]> ResolveAsync(string host, CancellationToken cancellationToken) => Dns.GetHostAddressesAsync(host, cancellationToken);
}
