using System.Net;
using System.Net.Sockets;

namespace Silo.Handlers.Http;

/// <summary>Which addresses are not on the public internet, by the IANA registries of special-purpose addresses.</summary>
internal static class AddressRanges
{
    private static readonly (IPNetwork Range, string Kind)[] V4 =
    [
        (IPNetwork.Parse("0.0.0.0/8"), "an unspecified address"),
        (IPNetwork.Parse("10.0.0.0/8"), "a private address"),
        (IPNetwork.Parse("100.64.0.0/10"), "an address behind a carrier's NAT"),
        (IPNetwork.Parse("127.0.0.0/8"), "a loopback address"),
        // Public by its number, and yet answered by the host of every Azure machine.
        (IPNetwork.Parse("168.63.129.16/32"), "a metadata address"),
        (IPNetwork.Parse("169.254.0.0/16"), "a link-local address, where clouds serve metadata"),
        (IPNetwork.Parse("172.16.0.0/12"), "a private address"),
        (IPNetwork.Parse("192.0.0.0/24"), "a protocol assignment"),
        (IPNetwork.Parse("192.0.2.0/24"), "a documentation address"),
        (IPNetwork.Parse("192.88.99.0/24"), "a 6to4 relay"),
        (IPNetwork.Parse("192.168.0.0/16"), "a private address"),
        (IPNetwork.Parse("198.18.0.0/15"), "a benchmarking address"),
        (IPNetwork.Parse("198.51.100.0/24"), "a documentation address"),
        (IPNetwork.Parse("203.0.113.0/24"), "a documentation address"),
        (IPNetwork.Parse("224.0.0.0/4"), "a multicast address"),
        (IPNetwork.Parse("240.0.0.0/4"), "a reserved address"),
    ];

    private static readonly (IPNetwork Range, string Kind)[] V6 =
    [
        (IPNetwork.Parse("::/128"), "the unspecified address"),
        (IPNetwork.Parse("::1/128"), "the loopback address"),
        (IPNetwork.Parse("::ffff:0:0:0/96"), "an IPv4-translated address"),
        (IPNetwork.Parse("64:ff9b:1::/48"), "a network's own NAT64 address"),
        (IPNetwork.Parse("2001::/32"), "a Teredo address"),
        (IPNetwork.Parse("2001::/23"), "a protocol assignment"),
        (IPNetwork.Parse("2001:db8::/32"), "a documentation address"),
        (IPNetwork.Parse("3fff::/20"), "a documentation address"),
        (IPNetwork.Parse("fc00::/7"), "a private address"),
        (IPNetwork.Parse("fe80::/10"), "a link-local address"),
        (IPNetwork.Parse("ff00::/8"), "a multicast address"),
    ];

    private static readonly IPNetwork GlobalUnicast = IPNetwork.Parse("2000::/3");
    private static readonly IPNetwork Nat64 = IPNetwork.Parse("64:ff9b::/96");
    private static readonly IPNetwork SixToFour = IPNetwork.Parse("2002::/16");

    /// <summary>What an address is when it is not on the public internet; null when it is. One that carries an IPv4 address is judged by <see cref="Embedded"/> as well.</summary>
    public static string? KindOf(IPAddress address)
    {
        foreach (var (range, kind) in address.AddressFamily == AddressFamily.InterNetwork ? V4 : V6)
        {
            if (range.Contains(address))
                return kind;
        }

        return address.AddressFamily == AddressFamily.InterNetwork || GlobalUnicast.Contains(address) || Nat64.Contains(address)
            ? null
            : "outside the range of public addresses";
    }

    /// <summary>The IPv4 address to which a packet for an IPv6 address may be carried: IPv4-mapped, NAT64, 6to4 or ISATAP; null for none.</summary>
    public static IPAddress? Embedded(IPAddress address)
    {
        if (address.AddressFamily != AddressFamily.InterNetworkV6)
            return null;
        if (address.IsIPv4MappedToIPv6)
            return address.MapToIPv4();
        var bytes = address.GetAddressBytes();
        if (Nat64.Contains(address))
            return new IPAddress(bytes.AsSpan(12));
        if (SixToFour.Contains(address))
            return new IPAddress(bytes.AsSpan(2, 4));
        return bytes[8] is 0 or 2 && bytes.AsSpan(9, 3).SequenceEqual((ReadOnlySpan<byte>)[0, 0x5e, 0xfe]) ? new IPAddress(bytes.AsSpan(12)) : null;
    }
}
