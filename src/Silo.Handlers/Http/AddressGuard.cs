using System.Net;

namespace Silo.Handlers.Http;

/// <summary>Says which addresses tasks may reach: public ones, and what the settings allow.</summary>
internal sealed class AddressGuard
{
    public const string RefusalCode = "address_not_allowed";
    private readonly List<IPNetwork> _ranges = [];
    private readonly HashSet<string> _hosts = new(StringComparer.OrdinalIgnoreCase);

    public AddressGuard(IEnumerable<string> allowed)
    {
        foreach (var entry in allowed)
        {
            if (IPNetwork.TryParse(entry, out var range))
                _ranges.Add(range);
            else if (IPAddress.TryParse(entry, out var address))
                _ranges.Add(new IPNetwork(address, address.GetAddressBytes().Length * 8));
            else
                _hosts.Add(WithoutRootDot(entry));
        }
    }

    /// <summary>Refuses what a URL's host shows before it is resolved: an address in any spelling, and this machine's own name.</summary>
    /// <returns>Null, or the rule it breaks as the end of a sentence.</returns>
    public string? RefuseHost(string host)
    {
        var name = WithoutRootDot(host);
        if (IPAddress.TryParse(name, out var address))
            return Refuse(host, address);
        var isThisMachine = name.Equals("localhost", StringComparison.OrdinalIgnoreCase) || name.EndsWith(".localhost", StringComparison.OrdinalIgnoreCase);
        return isThisMachine && Refuse(host, IPAddress.IPv6Loopback) is not null ? Refuse(host, IPAddress.Loopback) : null;
    }

    /// <summary>Refuses an address that a host was resolved to.</summary>
    /// <returns>Null, or the rule it breaks as the end of a sentence.</returns>
    public string? Refuse(string host, IPAddress address)
    {
        if (_hosts.Contains(WithoutRootDot(host)) || KindOf(address) is not { } kind)
            return null;
        var shown = host == address.ToString() ? $"'{host}'" : $"'{host}', which is {address},";
        return $"{shown} is not allowed: it is {kind}; --allow-http-private {address} would allow it";
    }

    private string? KindOf(IPAddress address)
    {
        if (_ranges.Exists(range => range.Contains(address)))
            return null;
        if (AddressRanges.Embedded(address) is not { } carried)
            return AddressRanges.KindOf(address);
        var kind = KindOf(carried) is { } inside ? $"a way to {carried}, {inside}" : null;
        // A mapped address is the IPv4 address itself; the other carriers are judged as what they are, too.
        return kind ?? (address.IsIPv4MappedToIPv6 ? null : AddressRanges.KindOf(address));
    }

    /// <summary><c>host.</c> is <c>host</c>, spelt as the root of the name system has it.</summary>
    private static string WithoutRootDot(string host) => host.Trim('[', ']').TrimEnd('.');
}

/// <summary>A connection was refused before it was opened.</summary>
internal sealed class AddressNotAllowedException(string message) : Exception(message);
