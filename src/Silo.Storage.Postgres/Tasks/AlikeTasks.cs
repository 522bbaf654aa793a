using Npgsql;
using NpgsqlTypes;
using Silo.Core.Storage;
using Silo.Core.Tasks;
using Silo.Storage.Postgres.Rows;
using Silo.Storage.Postgres.Sql;

namespace Silo.Storage.Postgres.Tasks;

/// <summary>A batch as a busy producer makes it: one type, one queue, one priority, nothing else set, and ids in order. The insert then takes three arrays instead of eighteen and
/// sorts nothing.</summary>
internal static class AlikeTasks
{
    public static bool Are(IReadOnlyList<TaskSpec> tasks)
    {
        var first = tasks[0];
        if (!IsPlain(first))
            return false;
        for (var index = 1; index < tasks.Count; index++)
        {
            var task = tasks[index];
            if (task.Id.CompareTo(tasks[index - 1].Id) <= 0 || task.Type != first.Type || task.Queue != first.Queue || task.Priority != first.Priority
                || task.Retry.AttemptsMax != first.Retry.AttemptsMax || !IsPlain(task))
                return false;
        }

        return true;
    }

    /// <summary>Ids, due times, payloads; then what they share: queue, type, priority, attempts.</summary>
    public static NpgsqlParameter[] ToParameters(IReadOnlyList<TaskSpec> tasks)
    {
        var (ids, runAt, payloads) = (new Guid[tasks.Count], new long[tasks.Count], new Column<byte[]?>(NpgsqlDbType.Bytea, tasks.Count));
        for (var row = 0; row < tasks.Count; row++)
        {
            var task = tasks[row];
            (ids[row], runAt[row]) = (task.Id.Value, ServerTime.Of(task.RunAt));
            if (!task.Payload.IsEmpty)
                payloads.Set(row, task.Payload.AsArray());
        }

        return [Parameters.Of(ids), Parameters.OfTimes(runAt), payloads.ToParameter(), .. Shared(tasks[0])];
    }

    /// <summary>The same for one task: its id, due time and payload, and no arrays.</summary>
    public static NpgsqlParameter[] ToParameters(TaskSpec task) =>
        [Parameters.Of(task.Id), Parameters.OfTime(ServerTime.Of(task.RunAt)), Parameters.OfBytes(task.Payload.IsEmpty ? null : task.Payload.AsArray()), .. Shared(task)];

    private static NpgsqlParameter[] Shared(TaskSpec task) =>
        [Parameters.Of(task.Queue), Parameters.Of(task.Type), Parameters.OfSmall(task.Priority), Parameters.Of(task.Retry.AttemptsMax)];

    private static bool IsPlain(TaskSpec task) =>
        (ReferenceEquals(task.Retry, RetryPolicy.Default) || HasStoredDefaults(task.Retry)) && task.Timeout == TaskDefaults.Timeout
        && task is { IdempotencyKey: null, CorrelationId: null, ParentId: null, User: null }
        && RowJson.WriteLabels(task.Labels) is null && RowJson.WritePlacement(task.Placement) is null;

    private static bool HasStoredDefaults(RetryPolicy retry) =>
        retry.BackoffInitial == TaskDefaults.BackoffInitial && retry.BackoffMax == TaskDefaults.BackoffMax
        && retry.BackoffFactor.Equals(TaskDefaults.BackoffFactor) && retry.Jitter.Equals(TaskDefaults.Jitter);
}
