namespace Silo.Contracts.Nodes;

/// <summary>Progress and log lines of running tasks; shown live, not stored.</summary>
public sealed record ReportProgressRequest
{
    public required long Incarnation { get; init; }

    public required IReadOnlyList<TaskProgressPart> Items { get; init; }
}

public sealed record TaskProgressPart
{
    public required Guid Id { get; init; }

    public required int Attempt { get; init; }

    /// <summary>0 to 100; absent when only logs came.</summary>
    public double? Percent { get; init; }

    public string? Message { get; init; }

    public IReadOnlyList<string> Logs { get; init => field = value ?? []; } = [];

    /// <summary>How many lines before <see cref="Logs"/> the worker gave up because there were too many; absent for none.</summary>
    public int? LogsDropped { get; init; }
}
