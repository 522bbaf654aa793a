using Npgsql;
using NpgsqlTypes;
using Silo.Core.Tasks;
using Silo.Storage.Postgres.Sql;

namespace Silo.Storage.Postgres.Outcomes;

/// <summary>Outcomes as the arrays that their statements take, beside ids and attempts.</summary>
internal sealed class OutcomeColumns(int rows)
{
    private readonly Column<short> _states = new(NpgsqlDbType.Smallint, rows);
    private readonly Column<long?> _startedAt = new(NpgsqlDbType.TimestampTz, rows);
    private readonly Column<long?> _finishedAt = new(NpgsqlDbType.TimestampTz, rows);
    private readonly Column<string?> _codes = new(NpgsqlDbType.Text, rows);
    private readonly Column<string?> _messages = new(NpgsqlDbType.Text, rows);
    private readonly Column<byte[]?> _results = new(NpgsqlDbType.Bytea, rows);
    private readonly Column<long> _runAt = new(NpgsqlDbType.TimestampTz, rows);

    public void Set(int row, TaskOutcome outcome)
    {
        _states.Set(row, (short)OutcomeRow.EndOf(outcome.Kind));
        _runAt.Set(row, ServerTime.Of(outcome.RunAt));
        if (outcome.StartedAt != default)
            _startedAt.Set(row, ServerTime.Of(outcome.StartedAt));
        if (outcome.FinishedAt != default)
            _finishedAt.Set(row, ServerTime.Of(outcome.FinishedAt));
        if (!outcome.Result.IsEmpty)
            _results.Set(row, outcome.Result.AsArray());
        if (outcome.Error is { } error)
        {
            _codes.Set(row, error.Code);
            _messages.Set(row, error.Message);
        }
    }

    public NpgsqlParameter[] ToEnd() =>
    [
        _states.ToParameter(), _startedAt.ToParameter(), _finishedAt.ToParameter(), _codes.ToParameter(), _messages.ToParameter(), _results.ToParameter(),
    ];

    public NpgsqlParameter[] ToRetry() =>
    [
        _startedAt.ToParameter(), _finishedAt.ToParameter(), _codes.ToParameter(), _messages.ToParameter(), _runAt.ToParameter(),
    ];
}
