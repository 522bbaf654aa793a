using Silo.Contracts.Json;
using Silo.Contracts.Nodes;
using Silo.Contracts.Tasks;
using Silo.Core.Engine;
using Silo.Core.Tasks;

namespace Silo.Client.Http;

/// <summary>The API's answers to a worker as the worker takes them.</summary>
internal static class NodeReplies
{
    public static WorkerWelcome Of(RegisterResponse response) => new()
    {
        Status = WireNames.Parse<DoorStatus>(response.Status),
        Incarnation = response.Incarnation,
        Epoch = response.Epoch,
        Lease = Seconds.ToDuration(response.LeaseSeconds),
        BeatInterval = Seconds.ToDuration(response.BeatIntervalSeconds),
    };

    public static LeaseReply Of(LeaseTasksResponse response) => new()
    {
        Status = WireNames.Parse<DoorStatus>(response.Status),
        Number = response.Number,
        Tasks = [.. response.Tasks.Select(Of)],
        Orders = Of(response.Orders),
    };

    public static CompleteReply Of(CompleteTasksResponse response) => new()
    {
        Status = WireNames.Parse<DoorStatus>(response.Status),
        Answers = [.. response.Answers.Select(Of)],
    };

    public static WorkerReply Of(DoorResponse response) => new()
    {
        Status = WireNames.Parse<DoorStatus>(response.Status),
        Epoch = response.Epoch,
        Orders = Of(response.Orders),
    };

    private static TaskDispatch Of(LeasedTask task) => new()
    {
        Id = new TaskId(task.Id),
        Attempt = task.Attempt,
        Dispatch = task.Dispatch,
        Type = task.Type,
        Queue = task.Queue,
        Priority = task.Priority,
        RunAt = task.RunAt,
        Timeout = Seconds.ToDuration(task.TimeoutSeconds),
        Retry = Of(task.Retry),
        Payload = task.Payload.Utf8,
        IdempotencyKey = task.IdempotencyKey,
        StoreStart = task.StoreStart,
    };

    private static RetryPolicy Of(RetryTerms terms)
    {
        var known = RetryPolicy.Default;
        return new RetryPolicy
        {
            AttemptsMax = terms.Attempts ?? known.AttemptsMax,
            BackoffInitial = terms.BackoffSeconds is { } initial ? Seconds.ToDuration(initial) : known.BackoffInitial,
            BackoffFactor = terms.BackoffFactor ?? known.BackoffFactor,
            BackoffMax = terms.BackoffMaxSeconds is { } max ? Seconds.ToDuration(max) : known.BackoffMax,
            Jitter = terms.Jitter ?? known.Jitter,
        };
    }

    private static RecordedOutcome Of(AnswerPart answer) => new(
        new TaskId(answer.Id),
        answer.Attempt,
        WireNames.Parse<OutcomeAnswer>(answer.Answer),
        answer.State is { } state ? WireNames.Parse<StoredState>(state) : default,
        answer.RunAt ?? default);

    private static WorkerOrders Of(OrdersPart orders) => orders is { Recall: [], Cancel: [] } ? WorkerOrders.None : new()
    {
        Recall = [.. orders.Recall.Select(id => new TaskId(id))],
        Cancel = [.. orders.Cancel.Select(id => new TaskId(id))],
    };
}
