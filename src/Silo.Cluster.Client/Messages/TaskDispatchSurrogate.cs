using Silo.Core.Engine;
using Silo.Core.Tasks;

namespace Silo.Cluster.Client.Messages;

/// <summary>A <see cref="TaskDispatch"/> on the wire.</summary>
[GenerateSerializer, Immutable]
internal struct TaskDispatchSurrogate
{
    [Id(0)] public Guid Id;
    [Id(1)] public int Attempt;
    [Id(2)] public long Dispatch;
    [Id(3)] public string Type;
    [Id(4)] public string Queue;
    [Id(5)] public int Priority;
    [Id(6)] public DateTimeOffset RunAt;
    [Id(7)] public TimeSpan Timeout;
    [Id(8)] public RetrySurrogate? Retry;
    [Id(9)] public byte[]? Payload;
    [Id(10)] public string? IdempotencyKey;
    [Id(11)] public bool StoreStart;

    public static TaskDispatchSurrogate Of(TaskDispatch task) => new()
    {
        Id = task.Id.Value,
        Attempt = task.Attempt,
        Dispatch = task.Dispatch,
        Type = task.Type,
        Queue = task.Queue,
        Priority = task.Priority,
        RunAt = task.RunAt,
        Timeout = task.Timeout,
        Retry = RetrySurrogate.Of(task.Retry),
        Payload = Bytes.Of(task.Payload),
        IdempotencyKey = task.IdempotencyKey,
        StoreStart = task.StoreStart,
    };

    public readonly TaskDispatch ToDispatch() => new()
    {
        Id = new TaskId(Id),
        Attempt = Attempt,
        Dispatch = Dispatch,
        Type = Type,
        Queue = Queue,
        Priority = Priority,
        RunAt = RunAt,
        Timeout = Timeout,
        Retry = RetrySurrogate.PolicyOf(Retry),
        Payload = Payload,
        IdempotencyKey = IdempotencyKey,
        StoreStart = StoreStart,
    };
}
