using Silo.Contracts.Json;
using Silo.Contracts.Nodes;
using Silo.Core.Engine;
using Silo.Core.Tasks;
using Silo.Gateway.Tasks;

namespace Silo.Gateway.Nodes;

/// <summary>What a node's actor answers, as the API says it.</summary>
internal static class WorkerAnswers
{
    public static RegisterResponse Of(WorkerWelcome welcome) => new()
    {
        Status = WireNames.Of(welcome.Status),
        Incarnation = welcome.Incarnation,
        Epoch = welcome.Epoch,
        LeaseSeconds = Seconds.Of(welcome.Lease),
        BeatIntervalSeconds = Seconds.Of(welcome.BeatInterval),
    };

    public static LeaseTasksResponse Of(LeaseReply reply) => new()
    {
        Status = WireNames.Of(reply.Status),
        Number = reply.Number,
        Tasks = [.. reply.Tasks.Select(Of)],
        Orders = Of(reply.Orders),
    };

    public static CompleteTasksResponse Of(CompleteReply reply) => new()
    {
        Status = WireNames.Of(reply.Status),
        Answers = [.. reply.Answers.Select(Of)],
    };

    public static DoorResponse Of(WorkerReply reply) => new()
    {
        Status = WireNames.Of(reply.Status),
        Epoch = reply.Epoch,
        Orders = Of(reply.Orders),
    };

    private static LeasedTask Of(TaskDispatch task) => new()
    {
        Id = task.Id.Value,
        Attempt = task.Attempt,
        Dispatch = task.Dispatch,
        Type = task.Type,
        Queue = task.Queue,
        Priority = task.Priority,
        RunAt = task.RunAt,
        TimeoutSeconds = Seconds.Of(task.Timeout),
        Retry = TaskShown.Terms(task.Retry),
        Payload = new RawJson(task.Payload),
        IdempotencyKey = task.IdempotencyKey ?? task.Id.ToString(),
        StoreStart = task.StoreStart,
    };

    private static AnswerPart Of(RecordedOutcome outcome) => new()
    {
        Id = outcome.Id.Value,
        Attempt = outcome.Attempt,
        Answer = WireNames.Of(outcome.Answer),
        State = IsKnown(outcome) ? WireNames.Of(outcome.State) : null,
        RunAt = IsKnown(outcome) && outcome.State == StoredState.Waiting ? outcome.RunAt : null,
    };

    // Of a task that is not held, and of one behind a fence, nobody has looked at the row: only a row that waits has a due time.
    private static bool IsKnown(RecordedOutcome outcome) => outcome.State != StoredState.Waiting || outcome.RunAt != default;

    private static OrdersPart Of(WorkerOrders orders) => new()
    {
        Recall = [.. orders.Recall.Select(id => id.Value)],
        Cancel = [.. orders.Cancel.Select(id => id.Value)],
    };
}
