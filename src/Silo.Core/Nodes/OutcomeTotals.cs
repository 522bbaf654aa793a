using Silo.Core.Tasks;

namespace Silo.Core.Nodes;

/// <summary>What the nodes of this process have recorded since it began; totals that only grow, unlike the counts of kept tasks.</summary>
public sealed class OutcomeTotals
{
    private readonly long[] _ends = new long[Enum.GetValues<StoredState>().Length];
    private long _released;

    /// <summary>Running tasks that were given back at no cost, since their node left.</summary>
    public long Released => Interlocked.Read(ref _released);

    /// <summary>Recorded outcomes that left a task in <paramref name="state"/>; <see cref="StoredState.Waiting"/> for those that are tried again.</summary>
    public long Of(StoredState state) => Interlocked.Read(ref _ends[(int)state]);

    internal void Add(StoredState state) => Interlocked.Increment(ref _ends[(int)state]);

    internal void AddReleased() => Interlocked.Increment(ref _released);
}
