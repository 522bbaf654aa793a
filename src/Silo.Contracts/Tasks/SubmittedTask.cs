namespace Silo.Contracts.Tasks;

/// <summary>What became of one submitted task.</summary>
public sealed record SubmittedTask
{
    public required Guid Id { get; init; }

    /// <summary>The task's integer name.</summary>
    public required long Number { get; init; }

    /// <summary><c>scheduled</c>, <c>ready</c>, <c>running</c>, <c>succeeded</c>, <c>failed</c> or <c>cancelled</c>; absent when an earlier task was meant that is no longer kept.</summary>
    public string? State { get; init; }

    /// <summary>True when the idempotency key belongs to an earlier, equal task, which is the one named here.</summary>
    public bool? Duplicate { get; init; }

    /// <summary>True, in an array's answer only, when the key belongs to an earlier task that asked for something else: that one is named here, and this entry was not stored.</summary>
    public bool? Conflict { get; init; }

    /// <summary>The whole task, when the submit was asked to wait.</summary>
    public TaskResponse? Task { get; init; }
}
