using Silo.Contracts.Json;
using Silo.Contracts.Tasks;
using Silo.Core.Engine;
using Silo.Core.Tasks;

namespace Silo.Gateway.Tasks;

/// <summary>Tasks as the API shows them.</summary>
internal static class TaskShown
{
    /// <summary>One task, whole, with what is known of it live.</summary>
    public static TaskResponse Of(TaskDetails task, TaskStatusReply status) => Row(task, status.State) with
    {
        Node = status.Node ?? task.Node,
        Progress = status is { ProgressPercent: null, ProgressMessage: null } ? null : new ProgressPart(status.ProgressPercent, status.ProgressMessage),
        Payload = new RawJson(task.Spec.Payload),
        Result = new RawJson(task.Result),
    };

    /// <summary>One line of a list.</summary>
    public static TaskResponse Row(TaskDetails task, TaskState state) => new()
    {
        Id = task.Spec.Id.Value,
        Number = task.Number,
        Type = task.Spec.Type,
        Queue = task.Spec.Queue,
        State = WireNames.Of(state),
        Cancelling = task.CancelRequested && !state.IsTerminal() ? true : null,
        Priority = task.Spec.Priority,
        Attempt = task.Attempt,
        Deaths = task.Deaths,
        CreatedAt = task.CreatedAt,
        RunAt = task.Spec.RunAt,
        StartedAt = task.StartedAt,
        FinishedAt = task.FinishedAt,
        Node = task.Node,
        Error = task.Error is { } error ? new ErrorPart(error.Code, error.Message) : null,
        TimeoutSeconds = Seconds.Of(task.Spec.Timeout),
        Retry = Terms(task.Spec.Retry),
        Placement = Terms(task.Spec.Placement),
        IdempotencyKey = task.Spec.IdempotencyKey,
        CorrelationId = task.Spec.CorrelationId,
        ParentId = task.Spec.ParentId?.Value,
        User = task.Spec.User,
        Labels = task.Spec.Labels,
    };

    public static RetryTerms Terms(RetryPolicy policy) => new()
    {
        Attempts = policy.AttemptsMax,
        BackoffSeconds = Seconds.Of(policy.BackoffInitial),
        BackoffFactor = policy.BackoffFactor,
        BackoffMaxSeconds = Seconds.Of(policy.BackoffMax),
        Jitter = policy.Jitter,
    };

    private static PlacementTerms? Terms(PlacementRule rule) => rule == PlacementRule.Anywhere ? null : new()
    {
        Node = rule.RequiredNode,
        PreferNode = rule.PreferredNode,
        ExcludeNodes = rule.ExcludedNodes,
        Labels = rule.RequiredLabels,
    };
}
