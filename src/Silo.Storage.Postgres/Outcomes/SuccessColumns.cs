using Npgsql;
using NpgsqlTypes;
using Silo.Core.Tasks;
using Silo.Storage.Postgres.Sql;

namespace Silo.Storage.Postgres.Outcomes;

/// <summary>Successes with both times as the arrays that their statement takes, and the span of time in which they ended.</summary>
internal sealed class SuccessColumns(int rows)
{
    private readonly Guid[] _ids = new Guid[rows];
    private readonly int[] _attempts = new int[rows];
    private readonly long[] _startedAt = new long[rows];
    private readonly long[] _finishedAt = new long[rows];
    private readonly Column<byte[]?> _results = new(NpgsqlDbType.Bytea, rows);
    private long _from = long.MaxValue;
    private long _to = long.MinValue;

    public void Set(int row, TaskOutcome outcome)
    {
        var finishedAt = ServerTime.Of(outcome.FinishedAt);
        (_ids[row], _attempts[row]) = (outcome.Id.Value, outcome.Attempt);
        (_startedAt[row], _finishedAt[row]) = (ServerTime.Of(outcome.StartedAt), finishedAt);
        (_from, _to) = (Math.Min(_from, finishedAt), Math.Max(_to, finishedAt));
        if (!outcome.Result.IsEmpty)
            _results.Set(row, outcome.Result.AsArray());
    }

    public NpgsqlParameter[] ToParameters() =>
    [
        Parameters.Of(_ids), Parameters.Of(_attempts), Parameters.OfTimes(_startedAt), Parameters.OfTimes(_finishedAt), _results.ToParameter(),
        Parameters.OfTime(_from), Parameters.OfTime(_to),
    ];
}
