using Silo.Storage.Sqlite.Writing;

namespace Silo.Storage.Sqlite.Tasks;

/// <summary>Deletes old history in small bites, so that no submit waits long behind one.</summary>
internal static class PruneTasks
{
    /// <summary>Rows that one transaction deletes at most.</summary>
    public const int BiteRowsMax = 500;

    private const string Delete = """
        DELETE FROM tasks
        WHERE number IN (SELECT number FROM tasks WHERE state >= 2 AND finished_at < ?1 ORDER BY finished_at LIMIT ?2)
            AND state >= 2 AND finished_at < ?1
        RETURNING queue, state
        """;

    public static int Execute(WriteTransaction transaction, DateTimeOffset before, int limit)
    {
        IdempotencyKeys.DeleteExpired(transaction, limit);
        var deleted = 0;
        var row = transaction.Prepare(Delete).Bind(before).Bind(limit);
        while (row.Step())
        {
            transaction.Counters.Removed(row.ReadText(), row.ReadState());
            deleted++;
        }

        return deleted;
    }
}
