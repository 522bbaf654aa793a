using Silo.Core.Tasks;
using Silo.Storage.Sqlite.Rows;
using Silo.Storage.Sqlite.Sql;

namespace Silo.Storage.Sqlite.Scheduling;

/// <summary>What waits, in the order in which it is started.</summary>
internal static class ReadyReads
{
    private const string Waiting = "SELECT " + TaskRow.WaitingColumns + """
         FROM tasks INDEXED BY tasks_waiting
        WHERE state = 0 AND queue = ? AND priority = ? AND (run_at, id) >= (?, ?)
        ORDER BY run_at, id LIMIT ?
        """;

    /// <summary>Highest first. Leaps from one priority to the next: a distinct over the index would walk every waiting row.</summary>
    public static IReadOnlyList<int> Priorities(Session session, string queue)
    {
        List<int> priorities = [];
        var below = TaskLimits.PriorityMax + 1;
        while (true)
        {
            var row = session.Prepare("SELECT priority FROM tasks INDEXED BY tasks_waiting WHERE state = 0 AND queue = ? AND priority < ? ORDER BY priority DESC LIMIT 1")
                .Bind(queue).Bind(below);
            if (!row.Step())
            {
                return priorities;
            }

            below = row.ReadInt32();
            priorities.Add(below);
        }
    }

    public static IReadOnlyList<WaitingTask> Read(Session session, string queue, int priority, ReadyKey from, int limit)
    {
        List<WaitingTask> tasks = [];
        var row = session.Prepare(Waiting).Bind(queue).Bind(priority).Bind(from.RunAt).Bind(from.Id).Bind(limit);
        while (row.Step())
        {
            tasks.Add(TaskRow.ReadWaiting(row));
        }

        return tasks;
    }
}
