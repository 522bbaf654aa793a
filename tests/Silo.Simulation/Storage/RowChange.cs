using Silo.Core.Nodes;
using Silo.Core.Tasks;

namespace Silo.Simulation.Storage;

/// <summary>Why a row changed, with what the rule for that change needs to be checked.</summary>
internal abstract record RowChange
{
    private RowChange()
    {
    }

    public sealed record Inserted : RowChange;

    public sealed record Outcome(NodeFence Fence, TaskOutcome Sent) : RowChange;

    public sealed record MarkedRunning(NodeFence Fence, int Attempt) : RowChange;

    public sealed record NodeEnded(NodeFence Fence, bool InOrder) : RowChange;

    public sealed record CancelFinal(bool OnRecord) : RowChange;

    public sealed record RunningReleased(NodeFence Fence) : RowChange;

    public sealed record OperatorRetry : RowChange;

    public sealed record Pruned(DateTimeOffset Before) : RowChange;
}
