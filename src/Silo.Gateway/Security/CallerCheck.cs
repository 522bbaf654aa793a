using System.Net;
using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Http;
using Silo.Gateway.Problems;

namespace Silo.Gateway.Security;

/// <summary>Decides who may call, before anything else looks at the request.</summary>
/// <remarks>Any web page can send requests to loopback, and with a name of its own that resolves there even read the answers. A browser tells both apart by the
/// Host and Origin headers, which a page cannot forge.</remarks>
internal sealed class CallerCheck
{
    private readonly byte[]? _keyHash;
    private readonly HashSet<string> _hosts;
    private readonly HashSet<string> _origins;

    public CallerCheck(GatewayOptions options)
    {
        _keyHash = options.ApiKey is { } key ? SHA256.HashData(Encoding.UTF8.GetBytes(key)) : null;
        _hosts = new HashSet<string>(["localhost", "127.0.0.1", "[::1]", .. options.AllowedHosts.Select(Bracketed)], StringComparer.OrdinalIgnoreCase);
        _origins = new HashSet<string>(options.AllowedOrigins, StringComparer.OrdinalIgnoreCase);
    }

    /// <returns>Null when the caller may go on.</returns>
    public ProblemResult? Refuse(HttpContext context)
    {
        var request = context.Request;
        if (_keyHash is null && context.Connection.RemoteIpAddress is { } remote && !IsLoopback(remote))
            return ApiProblems.NotLoopback();

        // Probes address a pod by whatever its address is, and a health answer tells nothing.
        if (request.Path.StartsWithSegments("/health"))
            return null;
        if (!_hosts.Contains(request.Host.Host) && !_hosts.Contains("*"))
            return ApiProblems.HostNotAllowed(request.Host.Value ?? "");
        if (request.Headers.Origin is [var origin, ..] && !IsAllowed(origin ?? "", request))
            return ApiProblems.OriginNotAllowed(request.Headers.Origin.ToString());
        return _keyHash is null || !request.Path.StartsWithSegments("/api") || KeysIn(request).Any(IsRight) ? null : ApiProblems.Unauthorized();
    }

    public static bool IsLoopback(IPAddress address) => IPAddress.IsLoopback(address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address);

    private bool IsAllowed(string origin, HttpRequest request) =>
        request.Headers.Origin.Count == 1 && (string.Equals(origin, $"{request.Scheme}://{request.Host.Value}", StringComparison.OrdinalIgnoreCase) || _origins.Contains(origin));

    private static IEnumerable<string> KeysIn(HttpRequest request)
    {
        foreach (var header in request.Headers.Authorization)
        {
            if (header?.StartsWith("Bearer ", StringComparison.OrdinalIgnoreCase) == true)
                yield return header["Bearer ".Length..].Trim();
        }

        foreach (var header in request.Headers["X-Api-Key"])
            yield return header ?? "";
    }

    // Hashes of equal length, compared in constant time: neither the key nor its length shows in how long an answer takes.
    private bool IsRight(string key) => CryptographicOperations.FixedTimeEquals(SHA256.HashData(Encoding.UTF8.GetBytes(key)), _keyHash);

    private static string Bracketed(string host) => Uri.CheckHostName(host) == UriHostNameType.IPv6 && host[0] != '[' ? $"[{host}]" : host;
}
