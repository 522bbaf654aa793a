using Silo.Core.Storage;
using Silo.Core.Tasks;
using Silo.Storage.Sqlite.Sql;
using Silo.Storage.Sqlite.Writing;

namespace Silo.Storage.Sqlite.Tasks;

/// <summary>The record of cancels that are asked for and not final.</summary>
internal static class Cancels
{
    public static IReadOnlyList<CancelAnswer> Request(WriteTransaction transaction, IReadOnlyList<TaskId> ids)
    {
        var answers = new CancelAnswer[ids.Count];
        for (var index = 0; index < ids.Count; index++)
        {
            answers[index] = RequestOne(transaction, ids[index]);
        }

        return answers;
    }

    public static IReadOnlyList<TaskId> Read(Session session, TaskId after, int limit)
    {
        List<TaskId> ids = [];
        var row = session.Prepare("SELECT id FROM cancels WHERE id > ? ORDER BY id LIMIT ?").Bind(after).Bind(limit);
        while (row.Step())
        {
            ids.Add(row.ReadId());
        }

        return ids;
    }

    /// <summary>False when none was on record.</summary>
    public static bool Remove(WriteTransaction transaction, TaskId id)
    {
        transaction.Prepare("DELETE FROM cancels WHERE id = ?").Bind(id).Run();
        return transaction.Session.Changes > 0;
    }

    private static CancelAnswer RequestOne(WriteTransaction transaction, TaskId id)
    {
        var row = transaction.Prepare("SELECT state FROM tasks WHERE id = ?").Bind(id);
        if (!row.Step())
        {
            return new CancelAnswer(id, CancelKind.NotFound, default);
        }

        var state = row.ReadState();
        if (state.IsTerminal())
        {
            return new CancelAnswer(id, CancelKind.Settled, state);
        }

        transaction.Prepare("INSERT INTO cancels (id, requested_at) VALUES (?, ?) ON CONFLICT (id) DO NOTHING").Bind(id).Bind(transaction.Now).Run();
        return new CancelAnswer(id, CancelKind.Cancelling, state);
    }
}
