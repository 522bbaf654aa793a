using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace Silo.Gateway;

/// <summary>The limits that the web server keeps itself, before anything of ours sees a request.</summary>
/// <remarks>What it refuses then (headers that are too slow or too large, one connection too many) is answered with a bare status or a closed connection: it offers no place
/// for a body.</remarks>
public static class GatewayKestrel
{
    /// <summary>Bytes of a request that are read before anything of ours takes them. Default of the web server 1 MiB, which each of thousands of connections could fill.</summary>
    public const long RequestBufferBytesMax = 64 * 1024;

    /// <summary>Sets the limits of <paramref name="options"/>. <see cref="GatewayServices.AddSiloGateway"/> does so already; only a host with a web server of its own calls it.</summary>
    public static void ConfigureSiloKestrel(this KestrelServerOptions kestrel, GatewayOptions options)
    {
        kestrel.AddServerHeader = false;
        kestrel.Limits.MaxRequestBodySize = options.BodyBytesMax;
        kestrel.Limits.MaxRequestBufferSize = RequestBufferBytesMax;
        kestrel.Limits.MaxConcurrentConnections = options.ConnectionsMax;
        kestrel.Limits.RequestHeadersTimeout = options.RequestHeadersTimeout;
        kestrel.Limits.KeepAliveTimeout = options.KeepAliveTimeout;
        kestrel.Limits.MinRequestBodyDataRate = new MinDataRate(options.BodyBytesPerSecondMin, options.BodyGraceTime);
    }
}
