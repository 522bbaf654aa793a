namespace Silo.Contracts.Nodes;

/// <summary>Answers <c>inventory_wanted</c>: what the worker holds under its incarnation.</summary>
public sealed record AdoptRequest
{
    public required RegisterRequest Registration { get; init; }

    public required long Incarnation { get; init; }

    /// <summary>Consecutive from 1 per incarnation: an older inventory that arrives late is not believed.</summary>
    public required long Number { get; init; }

    public required IReadOnlyList<HeldPart> Held { get; init; }
}

/// <param name="Task">As it was leased; the payload may be left out.</param>
/// <param name="Returned">The handler has returned; its report follows by complete.</param>
public sealed record HeldPart(LeasedTask Task, bool Returned);

public sealed record LeaveRequest(long Incarnation);
