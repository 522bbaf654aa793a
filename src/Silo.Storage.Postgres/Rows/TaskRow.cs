using Silo.Core.Nodes;
using Silo.Core.Storage;
using Silo.Core.Tasks;
using Silo.Storage.Postgres.Sql;

namespace Silo.Storage.Postgres.Rows;

/// <summary>The columns of a task and how they are read, in one order.</summary>
internal static class TaskRow
{
    private const string SpecColumns =
        "t.id, t.queue, t.type, t.priority, t.run_at, t.timeout_ms, t.attempts_max, t.backoff_initial_ms, t.backoff_factor, t.backoff_max_ms, t.backoff_jitter, "
        + "t.idempotency_key, t.correlation_id, t.parent_id, t.submitter, t.labels::text, t.placement::text";

    private const string DetailColumns =
        "t.number, t.state, t.attempt, t.deaths, t.created_at, t.started_at, t.finished_at, t.node, t.incarnation, t.error_code, t.error_message, "
        + "EXISTS (SELECT FROM silo.cancels c WHERE c.id = t.id)";

    /// <summary>For <see cref="ReadWaiting"/>, of a table named t.</summary>
    public const string WaitingColumns = SpecColumns + ", t.payload, t.attempt, t.deaths";

    /// <summary>For <see cref="ReadSnapshot"/>.</summary>
    public const string SnapshotColumns = WaitingColumns + ", t.state, t.node, t.incarnation";

    /// <summary>For <see cref="ReadDetails"/>, with payload and result.</summary>
    public const string WholeColumns = SpecColumns + ", t.payload, " + DetailColumns + ", t.result";

    /// <summary>For <see cref="ReadDetails"/>, without payload and result.</summary>
    public const string ListedColumns = SpecColumns + ", NULL::bytea, " + DetailColumns + ", NULL::bytea";

    public static WaitingTask ReadWaiting(RowReader row) => new()
    {
        Spec = ReadSpec(row),
        Attempt = row.ReadInt32(),
        Deaths = row.ReadInt32(),
    };

    public static TaskSnapshot ReadSnapshot(RowReader row)
    {
        var task = ReadWaiting(row);
        var state = row.ReadState();
        var node = row.ReadTextOrNull();
        var incarnation = row.ReadInt64();
        return new TaskSnapshot(task, state, state == StoredState.Running ? new NodeFence(node!, incarnation) : default);
    }

    public static TaskDetails ReadDetails(RowReader row) => new()
    {
        Spec = ReadSpec(row),
        Number = row.ReadInt64(),
        State = row.ReadState(),
        Attempt = row.ReadInt32(),
        Deaths = row.ReadInt32(),
        CreatedAt = row.ReadTime(),
        StartedAt = row.ReadTimeOrNull(),
        FinishedAt = row.ReadTimeOrNull(),
        Node = row.ReadTextOrNull(),
        Incarnation = row.ReadInt64(),
        Error = ReadError(row),
        CancelRequested = row.ReadBool(),
        Result = row.ReadBlob(),
    };

    private static TaskSpec ReadSpec(RowReader row) => new()
    {
        Id = row.ReadId(),
        Queue = row.ReadText(),
        Type = row.ReadText(),
        Priority = row.ReadInt16(),
        RunAt = row.ReadTime(),
        Timeout = TaskDefaults.Read(row.ReadInt64OrNull(), TaskDefaults.Timeout),
        Retry = TaskDefaults.ReadRetry(row.ReadInt32(), row.ReadInt64OrNull(), row.ReadDoubleOrNull(), row.ReadInt64OrNull(), row.ReadDoubleOrNull()),
        IdempotencyKey = row.ReadTextOrNull(),
        CorrelationId = row.ReadTextOrNull(),
        ParentId = row.ReadIdOrNull(),
        User = row.ReadTextOrNull(),
        Labels = RowJson.ReadLabels(row.ReadJson()),
        Placement = RowJson.ReadPlacement(row.ReadJson()),
        Payload = row.ReadBlob(),
    };

    private static TaskError? ReadError(RowReader row)
    {
        var code = row.ReadTextOrNull();
        var message = row.ReadTextOrNull();
        return code is null ? null : new TaskError(code, message ?? "");
    }
}
