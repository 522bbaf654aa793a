using Microsoft.Extensions.Logging;
using Silo.Core.Engine;
using Silo.Core.Storage;

namespace Silo.Core.Nodes;

/// <summary>What a node's actor reaches the world through.</summary>
public sealed record NodePorts
{
    public required IActors Actors { get; init; }

    public required IOutcomeStore Store { get; init; }

    public required IEventSink Events { get; init; }

    public required TimeProvider Time { get; init; }

    public required StoreClock Clock { get; init; }

    public required IRandomSource Random { get; init; }

    public required IIdSource Ids { get; init; }

    public required ILogger Logger { get; init; }

    /// <summary>Hears of what was written as running; null for nobody, which is the default.</summary>
    public ILongRunObserver? LongRuns { get; init; }

    /// <summary>Counts what was recorded. Default one that nobody reads.</summary>
    public OutcomeTotals Totals { get; init; } = new();

    /// <summary>A call to the scheduler that is not answered within this counts as unknown. Default 2 s.</summary>
    public TimeSpan CallTimeout { get; init; } = TimeSpan.FromSeconds(2);
}
