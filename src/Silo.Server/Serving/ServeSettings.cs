using System.Net;
using Silo.Cli.Stores;
using Silo.Core.Workers;
using Silo.Gateway;
using Silo.Handlers;

namespace Silo.Server.Serving;

/// <summary>What one silo of a cluster is started with.</summary>
internal sealed record ServeSettings
{
    /// <summary>Of the silo and of its node.</summary>
    public required string Name { get; init; }

    public required string ClusterId { get; init; }

    public required PostgresAddress Database { get; init; }

    /// <summary>Of the HTTP API.</summary>
    public required IPEndPoint Listen { get; init; }

    /// <summary>Where the other silos reach this one.</summary>
    public required IPAddress Advertised { get; init; }

    public required int SiloPort { get; init; }

    /// <summary>0 takes no Orleans clients.</summary>
    public required int GatewayPort { get; init; }

    /// <summary>Null for a silo that only serves.</summary>
    public WorkerOptions? Worker { get; init; }

    public required TimeSpan KeepFor { get; init; }

    public required TimeSpan ForgetNodesAfter { get; init; }

    /// <summary>Who may call the HTTP API, and how much at a time.</summary>
    public required GatewayOptions Gateway { get; init; }

    public required HandlersOptions Handlers { get; init; }
}
