namespace Silo.Core.Tasks;

/// <summary>A task's row as it is read back for people and clients.</summary>
public sealed record TaskDetails
{
    public required TaskSpec Spec { get; init; }

    /// <summary>A small integer name beside the id, in order of arrival; for clients that know integers only.</summary>
    public required long Number { get; init; }

    public required StoredState State { get; init; }

    public required int Attempt { get; init; }

    public int Deaths { get; init; }

    /// <summary>A cancel is on record and not yet final.</summary>
    public bool CancelRequested { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    public DateTimeOffset? StartedAt { get; init; }

    public DateTimeOffset? FinishedAt { get; init; }

    /// <summary>The node of the last stored start or outcome.</summary>
    public string? Node { get; init; }

    public long Incarnation { get; init; }

    /// <summary>UTF-8 JSON; empty when there is none.</summary>
    public ReadOnlyMemory<byte> Result { get; init; }

    public TaskError? Error { get; init; }
}
