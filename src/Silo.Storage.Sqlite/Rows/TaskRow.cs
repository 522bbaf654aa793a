using Silo.Core.Nodes;
using Silo.Core.Storage;
using Silo.Core.Tasks;
using Silo.Storage.Sqlite.Sql;

namespace Silo.Storage.Sqlite.Rows;

/// <summary>The columns of a task and how they are read, in one order.</summary>
internal static class TaskRow
{
    private const string SpecColumns =
        "id, queue, type, priority, run_at, timeout_ms, attempts_max, backoff_initial_ms, backoff_factor, backoff_max_ms, backoff_jitter, "
        + "idempotency_key, correlation_id, parent_id, user, labels, placement";

    private const string DetailColumns =
        "number, state, attempt, deaths, created_at, started_at, finished_at, node, incarnation, error_code, error_message, "
        + "EXISTS (SELECT 1 FROM cancels WHERE cancels.id = tasks.id)";

    /// <summary>For <see cref="ReadWaiting"/>.</summary>
    public const string WaitingColumns = SpecColumns + ", payload, attempt, deaths";

    /// <summary>For <see cref="ReadSnapshot"/>.</summary>
    public const string SnapshotColumns = WaitingColumns + ", state, node, incarnation";

    /// <summary>For <see cref="ReadDetails"/>, with payload and result.</summary>
    public const string WholeColumns = SpecColumns + ", payload, " + DetailColumns + ", result";

    /// <summary>For <see cref="ReadDetails"/>, without payload and result.</summary>
    public const string ListedColumns = SpecColumns + ", NULL, " + DetailColumns + ", NULL";

    public static WaitingTask ReadWaiting(Statement row) => new()
    {
        Spec = ReadSpec(row),
        Attempt = row.ReadInt32(),
        Deaths = row.ReadInt32(),
    };

    public static TaskSnapshot ReadSnapshot(Statement row)
    {
        var task = ReadWaiting(row);
        var state = row.ReadState();
        var node = row.ReadTextOrNull();
        var incarnation = row.ReadInt64();
        return new TaskSnapshot(task, state, state == StoredState.Running ? new NodeFence(node!, incarnation) : default);
    }

    public static TaskDetails ReadDetails(Statement row) => new()
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

    private static TaskSpec ReadSpec(Statement row) => new()
    {
        Id = row.ReadId(),
        Queue = row.ReadText(),
        Type = row.ReadText(),
        Priority = row.ReadInt32(),
        RunAt = row.ReadTime(),
        Timeout = row.ReadDuration(),
        Retry = ReadRetry(row),
        IdempotencyKey = row.ReadTextOrNull(),
        CorrelationId = row.ReadTextOrNull(),
        ParentId = row.ReadIdOrNull(),
        User = row.ReadTextOrNull(),
        Labels = RowJson.ReadLabels(row.ReadBytes()),
        Placement = RowJson.ReadPlacement(row.ReadBytes()),
        Payload = row.ReadBlob(),
    };

    /// <summary>Most tasks have the default policy, and need none of their own in memory.</summary>
    private static RetryPolicy ReadRetry(Statement row)
    {
        var policy = new RetryPolicy
        {
            AttemptsMax = row.ReadInt32(),
            BackoffInitial = row.ReadDuration(),
            BackoffFactor = row.ReadDouble(),
            BackoffMax = row.ReadDuration(),
            Jitter = row.ReadDouble(),
        };
        return policy == RetryPolicy.Default ? RetryPolicy.Default : policy;
    }

    private static TaskError? ReadError(Statement row)
    {
        var code = row.ReadTextOrNull();
        var message = row.ReadTextOrNull();
        return code is null ? null : new TaskError(code, message ?? "");
    }
}
