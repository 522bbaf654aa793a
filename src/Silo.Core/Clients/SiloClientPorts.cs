using Microsoft.Extensions.Logging;
using Silo.Core.Engine;
using Silo.Core.Storage;

namespace Silo.Core.Clients;

/// <summary>What a client needs of its process.</summary>
public sealed record SiloClientPorts
{
    public required ITaskStore Store { get; init; }

    public required IActors Actors { get; init; }

    public required IEventSink Events { get; init; }

    public required StoreClock Clock { get; init; }

    public required IIdSource Ids { get; init; }

    public required TimeProvider Time { get; init; }

    public required ILogger<SiloClient> Logger { get; init; }

    /// <summary>Where notices are sent from. Default the thread pool.</summary>
    public TaskScheduler Turns { get; init; } = TaskScheduler.Default;
}
