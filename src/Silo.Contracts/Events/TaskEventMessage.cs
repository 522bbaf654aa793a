using Silo.Contracts.Tasks;

namespace Silo.Contracts.Events;

/// <summary>Something that has happened to a task, as the event stream tells it. What is not known is absent.</summary>
public sealed record TaskEventMessage
{
    /// <summary><c>submitted</c>, <c>dispatched</c> (sent to a node), <c>progress</c>, <c>recorded</c> (an outcome is stored), <c>cancelling</c> or <c>returned</c> (left its node without
    /// an outcome).</summary>
    public required string Kind { get; init; }

    public required Guid Id { get; init; }

    public string? Queue { get; init; }

    public string? Node { get; init; }

    public int? Attempt { get; init; }

    /// <summary>With <c>recorded</c>: <c>succeeded</c>, <c>failed</c>, <c>cancelled</c>, or <c>scheduled</c> when a retry is to come.</summary>
    public string? State { get; init; }

    public ProgressPart? Progress { get; init; }

    /// <summary>With <c>progress</c>: lines that the handler logged.</summary>
    public IReadOnlyList<string>? Logs { get; init; }

    /// <summary>With <c>progress</c>: how many lines before <see cref="Logs"/> were given up because there were too many.</summary>
    public int? LogsDropped { get; init; }
}
