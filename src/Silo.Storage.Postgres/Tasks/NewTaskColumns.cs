using Npgsql;
using NpgsqlTypes;
using Silo.Core.Storage;
using Silo.Core.Tasks;
using Silo.Storage.Postgres.Rows;
using Silo.Storage.Postgres.Sql;

namespace Silo.Storage.Postgres.Tasks;

/// <summary>New tasks as the arrays that the insert takes, one for each column.</summary>
internal sealed class NewTaskColumns
{
    /// <summary>The columns in the order of the parameters, for the table and for <c>unnest</c>.</summary>
    public const string Names =
        "id, queue, type, priority, run_at, attempts_max, payload, timeout_ms, backoff_initial_ms, backoff_factor, backoff_max_ms, backoff_jitter, idempotency_key, correlation_id, parent_id, submitter, labels, placement";

    /// <summary>The parameters' places for <see cref="Names"/>.</summary>
    public const string Places = "$1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18";

    private readonly Guid[] _ids;
    private readonly string[] _queues;
    private readonly string[] _types;
    private readonly short[] _priorities;
    private readonly long[] _runAt;
    private readonly int[] _attemptsMax;
    private readonly Column<byte[]?> _payloads;
    private readonly Column<long?> _timeouts;
    private readonly Column<long?> _backoffInitial;
    private readonly Column<double?> _backoffFactor;
    private readonly Column<long?> _backoffMax;
    private readonly Column<double?> _jitter;
    private readonly Column<string?> _keys;
    private readonly Column<string?> _correlations;
    private readonly Column<Guid?> _parents;
    private readonly Column<string?> _users;
    private readonly Column<string?> _labels;
    private readonly Column<string?> _placements;

    private NewTaskColumns(int rows)
    {
        (_ids, _queues, _types, _priorities) = (new Guid[rows], new string[rows], new string[rows], new short[rows]);
        (_runAt, _attemptsMax) = (new long[rows], new int[rows]);
        (_timeouts, _backoffInitial, _backoffMax) = (new(NpgsqlDbType.Bigint, rows), new(NpgsqlDbType.Bigint, rows), new(NpgsqlDbType.Bigint, rows));
        (_backoffFactor, _jitter) = (new(NpgsqlDbType.Double, rows), new(NpgsqlDbType.Double, rows));
        (_keys, _correlations, _users) = (new(NpgsqlDbType.Text, rows), new(NpgsqlDbType.Text, rows), new(NpgsqlDbType.Text, rows));
        (_labels, _placements) = (new(NpgsqlDbType.Jsonb, rows), new(NpgsqlDbType.Jsonb, rows));
        (_payloads, _parents) = (new(NpgsqlDbType.Bytea, rows), new(NpgsqlDbType.Uuid, rows));
    }

    public static NewTaskColumns Of(IReadOnlyList<TaskSpec> tasks)
    {
        var columns = new NewTaskColumns(tasks.Count);
        for (var row = 0; row < tasks.Count; row++)
        {
            columns.Set(row, tasks[row]);
        }

        return columns;
    }

    public NpgsqlParameter[] ToParameters() =>
    [
        Parameters.Of(_ids), Parameters.Of(_queues), Parameters.Of(_types), Array(NpgsqlDbType.Smallint, _priorities), Parameters.OfTimes(_runAt),
        Parameters.Of(_attemptsMax), _payloads.ToParameter(), _timeouts.ToParameter(), _backoffInitial.ToParameter(), _backoffFactor.ToParameter(),
        _backoffMax.ToParameter(), _jitter.ToParameter(), _keys.ToParameter(), _correlations.ToParameter(), _parents.ToParameter(), _users.ToParameter(),
        _labels.ToParameter(), _placements.ToParameter(),
    ];

    private static NpgsqlParameter Array(NpgsqlDbType element, object values) => new() { NpgsqlDbType = NpgsqlDbType.Array | element, Value = values };

    private void Set(int row, TaskSpec task)
    {
        _ids[row] = task.Id.Value;
        _queues[row] = task.Queue;
        _types[row] = task.Type;
        _priorities[row] = (short)task.Priority;
        _runAt[row] = ServerTime.Of(task.RunAt);
        _attemptsMax[row] = task.Retry.AttemptsMax;
        if (!task.Payload.IsEmpty)
            _payloads.Set(row, task.Payload.AsArray());
        SetIfAny(_timeouts, row, TaskDefaults.Stored(task.Timeout, TaskDefaults.Timeout));
        SetIfAny(_backoffInitial, row, TaskDefaults.Stored(task.Retry.BackoffInitial, TaskDefaults.BackoffInitial));
        SetIfAny(_backoffFactor, row, TaskDefaults.Stored(task.Retry.BackoffFactor, TaskDefaults.BackoffFactor));
        SetIfAny(_backoffMax, row, TaskDefaults.Stored(task.Retry.BackoffMax, TaskDefaults.BackoffMax));
        SetIfAny(_jitter, row, TaskDefaults.Stored(task.Retry.Jitter, TaskDefaults.Jitter));
        SetIfAny(_keys, row, task.IdempotencyKey);
        SetIfAny(_correlations, row, task.CorrelationId);
        SetIfAny(_parents, row, task.ParentId?.Value);
        SetIfAny(_users, row, task.User);
        SetIfAny(_labels, row, RowJson.WriteLabels(task.Labels));
        SetIfAny(_placements, row, RowJson.WritePlacement(task.Placement));
    }

    private void SetIfAny<T>(Column<T?> column, int row, T? value)
    {
        if (value is null)
            return;
        column.Set(row, value);
    }
}
