using Microsoft.Extensions.Logging;
using Silo.Core.Engine;
using Silo.Core.Nodes;
using Silo.Core.Placement;
using Silo.Core.Queues;
using Silo.Core.Storage;

namespace Silo.Core.Scheduling;

/// <summary>What a scheduler reaches the world through.</summary>
public sealed record SchedulerPorts
{
    public required IActors Actors { get; init; }

    public required ISchedulerStore Store { get; init; }

    public required IEventSink Events { get; init; }

    public required TimeProvider Time { get; init; }

    public required StoreClock Clock { get; init; }

    public required IRandomSource Random { get; init; }

    public required ILogger Logger { get; init; }

    public required PlacementStrategies Strategies { get; init; }

    /// <summary>Null where nothing is passed on to the next scheduler.</summary>
    public IActorStateStore? States { get; init; }

    /// <summary>Null where silence is the only sign of a node's death.</summary>
    public INodeWitness? Witness { get; init; }

    /// <summary>Awaited before the epoch is taken: it ends when this process is the one to schedule. Null where no other process can share the store.</summary>
    public Func<CancellationToken, Task>? WhenOurs { get; init; }

    /// <summary>Called once when this scheduler has stepped down: it will never act again, and the engine decides when another one takes over.</summary>
    public Action? SteppedDown { get; init; }
}

/// <summary>Times and sizes of one pool's scheduler.</summary>
public sealed record SchedulerOptions
{
    public string Pool { get; init; } = "default";

    /// <summary>Silence, counted while the store answers, after which a node is declared dead. Default 5 s.</summary>
    public TimeSpan Lease { get; init; } = NodeLimits.Lease;

    /// <summary>How often silence is counted and long waits are looked at. Default 250 ms.</summary>
    public TimeSpan Tick { get; init; } = TimeSpan.FromMilliseconds(250);

    /// <summary>How long a takeover waits for the inventory of a node before it is fenced. Default 5 s.</summary>
    public TimeSpan TakeoverGrace { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>A node's call that is not answered within this counts as unknown. Default 2 s.</summary>
    public TimeSpan CallTimeout { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>The store is asked for its time this often; without an answer for twice as long, silence is not counted. Default 1 s.</summary>
    public TimeSpan StoreProbe { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>The slow sweep that finds what every notice missed. Default 30 s.</summary>
    public TimeSpan Sweep { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>How long tasks take is put on record for the next scheduler this often, when it has changed. Default 10 s.</summary>
    public TimeSpan Remember { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Extra wait, after the lease, before a fenced node's tasks of a limited queue run elsewhere. Default 2 s.</summary>
    public TimeSpan LimitedGrace { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>Starts stored before they begin, per dead node whose holdings are not known (rule 12). Default 1,024.</summary>
    public int CautiousStarts { get; init; } = 1024;

    /// <summary>Nodes that have left or died are forgotten after this long, as if an operator had removed them. Default 7 days.</summary>
    public TimeSpan ForgetNodesAfter { get; init; } = TimeSpan.FromDays(7);

    internal ReadyWindowLimits Window { get; init; } = new();
}
