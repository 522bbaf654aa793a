using System.Net;
using Microsoft.AspNetCore.Http;
using Silo.Gateway.Problems;

namespace Silo.Gateway.Security;

/// <summary>Decides from where calls may come.</summary>
/// <remarks>Any web page can send requests to loopback, and with a name of its own that resolves there even read the answers. A browser tells both apart by the
/// Host and Origin headers, which a page cannot forge.</remarks>
internal sealed class CallerCheck
{
    private readonly bool _thisMachineOnly;
    private readonly HashSet<string> _hosts;
    private readonly HashSet<string> _origins;

    public CallerCheck(GatewayOptions options)
    {
        _thisMachineOnly = options.ApiKeys.Count == 0;
        _hosts = new HashSet<string>(["localhost", "127.0.0.1", "[::1]", .. options.AllowedHosts.Select(Bracketed)], StringComparer.OrdinalIgnoreCase);
        _origins = new HashSet<string>(options.AllowedOrigins, StringComparer.OrdinalIgnoreCase);
    }

    /// <returns>Null when the caller may go on.</returns>
    public ProblemResult? Refuse(HttpContext context)
    {
        var request = context.Request;
        if (_thisMachineOnly && context.Connection.RemoteIpAddress is { } remote && !IsLoopback(remote))
            return ApiProblems.NotLoopback();

        // Probes address a pod by whatever its address is, and a health answer tells nothing.
        if (request.Path.StartsWithSegments("/health"))
            return null;
        if (!_hosts.Contains(request.Host.Host) && !_hosts.Contains("*"))
            return ApiProblems.HostNotAllowed(request.Host.Value ?? "");
        return request.Headers.Origin is [var origin, ..] && !IsAllowed(origin ?? "", request)
            ? ApiProblems.OriginNotAllowed(request.Headers.Origin.ToString())
            : null;
    }

    public static bool IsLoopback(IPAddress address) => IPAddress.IsLoopback(address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address);

    private bool IsAllowed(string origin, HttpRequest request) =>
        request.Headers.Origin.Count == 1 && (string.Equals(origin, $"{request.Scheme}://{request.Host.Value}", StringComparison.OrdinalIgnoreCase) || _origins.Contains(origin));

    private static string Bracketed(string host) => Uri.CheckHostName(host) == UriHostNameType.IPv6 && host[0] != '[' ? $"[{host}]" : host;
}
