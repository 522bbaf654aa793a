using Npgsql;
using Silo.Storage.Postgres.Sql;

namespace Silo.Storage.Postgres.Inbox;

/// <summary>The number at and below which nothing is left in the inbox and nothing can appear, so that a look need not pass the entries of rows that were taken:
/// while a long transaction runs, these are not removed.</summary>
internal sealed class InboxHorizon(TimeProvider time)
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(200);

    private long _checkedAt;
    private (long Number, long Transaction)? _mark;

    /// <summary>Where a look begins.</summary>
    public long Number { get; private set; }

    /// <summary>Everything up to the mark has ended; what of it is not taken yet is seen by the next look.</summary>
    public bool MarkHasPassed { get; private set; }

    /// <summary>Sets a mark, or finds out whether every transaction that took a number up to it has ended.</summary>
    public async Task WatchAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        if (MarkHasPassed || time.GetElapsedTime(_checkedAt) < Interval)
            return;
        _checkedAt = time.GetTimestamp();
        if (_mark is not { } mark)
        {
            var number = await ReadAsync(connection, "SELECT CASE WHEN is_called THEN last_value ELSE 0 END FROM silo.inbox_number_seq", cancellationToken);
            // A transaction of our own, begun after that: whoever took a number up to it has an older one. The end of a snapshot would not do, since it
            // leaves out the youngest of those that still run.
            if (number > Number)
                _mark = (number, await ReadAsync(connection, "SELECT pg_current_xact_id()::text::bigint", cancellationToken));
            return;
        }

        MarkHasPassed = await ReadAsync(connection, "SELECT pg_snapshot_xmin(pg_current_snapshot())::text::bigint", cancellationToken) >= mark.Transaction;
    }

    /// <param name="first">The lowest number that a look has found since; null for none.</param>
    public void Found(long? first)
    {
        if (!MarkHasPassed || first <= _mark!.Value.Number)
            return;
        Number = _mark!.Value.Number;
        (_mark, MarkHasPassed) = (null, false);
    }

    private static async Task<long> ReadAsync(NpgsqlConnection connection, string sql, CancellationToken cancellationToken)
    {
        await using var command = connection.Statement(sql);
        return (await command.ReadAllAsync(row => row.ReadInt64(), cancellationToken))[0];
    }
}
