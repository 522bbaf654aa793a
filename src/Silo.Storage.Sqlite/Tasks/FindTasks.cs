using Silo.Core.Storage;
using Silo.Core.Tasks;
using Silo.Storage.Sqlite.Rows;
using Silo.Storage.Sqlite.Sql;

namespace Silo.Storage.Sqlite.Tasks;

/// <summary>Reads of single tasks and of the counters.</summary>
internal static class FindTasks
{
    private const string ById = "SELECT " + TaskRow.WholeColumns + " FROM tasks WHERE id = ?";
    private const string ByNumber = "SELECT " + TaskRow.WholeColumns + " FROM tasks WHERE number = ?";
    private const string SnapshotById = "SELECT " + TaskRow.SnapshotColumns + " FROM tasks WHERE id = ?";

    public static TaskDetails? Find(Session session, TaskId id)
    {
        var row = session.Prepare(ById).Bind(id);
        return row.Step() ? TaskRow.ReadDetails(row) : null;
    }

    public static TaskDetails? Find(Session session, long number)
    {
        var row = session.Prepare(ByNumber).Bind(number);
        return row.Step() ? TaskRow.ReadDetails(row) : null;
    }

    public static IReadOnlyList<TaskSnapshot> Snapshots(Session session, IReadOnlyList<TaskId> ids)
    {
        List<TaskSnapshot> found = new(ids.Count);
        foreach (var id in ids)
        {
            var row = session.Prepare(SnapshotById).Bind(id);
            if (row.Step())
            {
                found.Add(TaskRow.ReadSnapshot(row));
            }
        }

        return found;
    }

    public static IReadOnlyList<TaskCount> Count(Session session)
    {
        List<TaskCount> counts = [];
        var row = session.Prepare("SELECT queue, state, count FROM counters WHERE count <> 0 ORDER BY queue, state");
        while (row.Step())
        {
            counts.Add(new TaskCount(row.ReadText(), row.ReadState(), row.ReadInt64()));
        }

        return counts;
    }
}
