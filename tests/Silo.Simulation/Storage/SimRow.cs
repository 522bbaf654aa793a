using Silo.Core.Nodes;
using Silo.Core.Storage;
using Silo.Core.Tasks;

namespace Silo.Simulation.Storage;

/// <summary>One task's row, as one committed version.</summary>
internal sealed record SimRow
{
    public required TaskSpec Spec { get; init; }

    public required long Number { get; init; }

    public StoredState State { get; init; }

    public int Attempt { get; init; } = 1;

    public int Deaths { get; init; }

    /// <summary>Who is marked as running it; default when nobody is.</summary>
    public NodeFence Fence { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    public DateTimeOffset? StartedAt { get; init; }

    public DateTimeOffset? FinishedAt { get; init; }

    public NodeFence LastNode { get; init; }

    public ReadOnlyMemory<byte> Result { get; init; }

    public TaskError? Error { get; init; }

    public WaitingTask Waiting => new() { Spec = Spec, Attempt = Attempt, Deaths = Deaths };

    public TaskSnapshot Snapshot => new(Waiting, State, Fence);

    public TaskDetails Details(bool cancelRequested) => new()
    {
        Spec = Spec,
        Number = Number,
        State = State,
        Attempt = Attempt,
        Deaths = Deaths,
        CancelRequested = cancelRequested,
        CreatedAt = CreatedAt,
        StartedAt = StartedAt,
        FinishedAt = FinishedAt,
        Node = LastNode.Node,
        Incarnation = LastNode.Incarnation,
        Result = Result,
        Error = Error,
    };
}
