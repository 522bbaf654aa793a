using Silo.Core.Tasks;

namespace Silo.Cluster.Client.Messages;

/// <summary>A <see cref="WaitingTask"/> on the wire.</summary>
[GenerateSerializer, Immutable]
internal struct WaitingTaskSurrogate
{
    [Id(0)] public Guid Id;
    [Id(1)] public string Type;
    [Id(2)] public string Queue;
    [Id(3)] public int Priority;
    [Id(4)] public DateTimeOffset RunAt;
    [Id(5)] public byte[]? Payload;
    [Id(6)] public RetrySurrogate? Retry;
    [Id(7)] public TimeSpan Timeout;
    [Id(8)] public PlacementSurrogate? Placement;
    [Id(9)] public string? IdempotencyKey;
    [Id(10)] public string? CorrelationId;
    [Id(11)] public Guid? ParentId;
    [Id(12)] public string? User;
    [Id(13)] public Dictionary<string, string>? Labels;
    [Id(14)] public int Attempt;
    [Id(15)] public int Deaths;

    public static WaitingTaskSurrogate Of(WaitingTask task) => new()
    {
        Id = task.Spec.Id.Value,
        Type = task.Spec.Type,
        Queue = task.Spec.Queue,
        Priority = task.Spec.Priority,
        RunAt = task.Spec.RunAt,
        Payload = Bytes.Of(task.Spec.Payload),
        Retry = RetrySurrogate.Of(task.Spec.Retry),
        Timeout = task.Spec.Timeout,
        Placement = PlacementSurrogate.Of(task.Spec.Placement),
        IdempotencyKey = task.Spec.IdempotencyKey,
        CorrelationId = task.Spec.CorrelationId,
        ParentId = task.Spec.ParentId?.Value,
        User = task.Spec.User,
        Labels = task.Spec.Labels?.ToDictionary(),
        Attempt = task.Attempt,
        Deaths = task.Deaths,
    };

    public readonly WaitingTask ToTask() => new()
    {
        Spec = new TaskSpec
        {
            Id = new TaskId(Id),
            Type = Type,
            Queue = Queue,
            Priority = Priority,
            RunAt = RunAt,
            Payload = Payload,
            Retry = RetrySurrogate.PolicyOf(Retry),
            Timeout = Timeout,
            Placement = PlacementSurrogate.RuleOf(Placement),
            IdempotencyKey = IdempotencyKey,
            CorrelationId = CorrelationId,
            ParentId = ParentId is { } parent ? new TaskId(parent) : null,
            User = User,
            Labels = Labels,
        },
        Attempt = Attempt,
        Deaths = Deaths,
    };
}
