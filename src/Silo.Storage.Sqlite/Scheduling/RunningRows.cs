using System.Globalization;
using Silo.Core.Nodes;
using Silo.Core.Storage;
using Silo.Core.Tasks;
using Silo.Storage.Sqlite.Tasks;
using Silo.Storage.Sqlite.Writing;

namespace Silo.Storage.Sqlite.Scheduling;

/// <summary>The rows marked running under an incarnation, and how they stop being so without an outcome.</summary>
internal static class RunningRows
{
    private const string PutBack = "UPDATE tasks SET state = 0, started_at = NULL, deaths = ? WHERE number = ?";

    // Without an incarnation the row is nobody's outcome: no late report may take it for its own.
    private const string Convict = """
        UPDATE tasks SET state = 3, deaths = ?, incarnation = 0, finished_at = ?, error_code = 'poison', error_message = ? WHERE number = ?
        """;

    /// <summary>The incarnation is over: its rows wait again, or are failed when this was one death too many.</summary>
    public static IReadOnlyList<Casualty> End(WriteTransaction transaction, NodeFence fence, FenceReason reason)
    {
        var rows = Find(transaction, fence);
        List<Casualty> casualties = new(rows.Count);
        foreach (var row in rows)
        {
            var deaths = row.Deaths + (reason == FenceReason.Died ? 1 : 0);
            var convicted = reason == FenceReason.Died && deaths >= TaskLimits.DeathsMax;
            if (convicted)
            {
                Fail(transaction, fence, row, deaths);
            }
            else
            {
                Return(transaction, row, deaths);
            }

            casualties.Add(new Casualty(row.Id, deaths, convicted));
        }

        return casualties;
    }

    /// <summary>The node lives and says that it does not hold them.</summary>
    public static IReadOnlyList<TaskId> Release(WriteTransaction transaction, NodeFence fence, IReadOnlyList<TaskId> held)
    {
        HashSet<TaskId> kept = [.. held];
        List<TaskId> released = [];
        foreach (var row in Find(transaction, fence).Where(row => !kept.Contains(row.Id)))
        {
            Return(transaction, row, row.Deaths);
            released.Add(row.Id);
        }

        return released;
    }

    private static void Return(WriteTransaction transaction, Row row, int deaths)
    {
        transaction.Prepare(PutBack).Bind(deaths).Bind(row.Number).Run();
        transaction.Counters.Moved(row.Queue, StoredState.Running, StoredState.Waiting);
    }

    private static void Fail(WriteTransaction transaction, NodeFence fence, Row row, int deaths)
    {
        var message = string.Create(CultureInfo.InvariantCulture,
            $"Its start was followed by the death of its node {deaths} times, last of {fence.Node}; at {TaskLimits.DeathsMax} a task is not started again. Retry it when the cause is removed.");
        transaction.Prepare(Convict).Bind(deaths).Bind(transaction.Now).Bind(message).Bind(row.Number).Run();
        Cancels.Remove(transaction, row.Id);
        transaction.Counters.Moved(row.Queue, StoredState.Running, StoredState.Failed);
    }

    private static List<Row> Find(WriteTransaction transaction, NodeFence fence)
    {
        List<Row> rows = [];
        var row = transaction.Prepare("SELECT number, id, queue, deaths FROM tasks WHERE state = 1 AND node = ? AND incarnation = ? ORDER BY number")
            .Bind(fence.Node).Bind(fence.Incarnation);
        while (row.Step())
        {
            rows.Add(new Row(row.ReadInt64(), row.ReadId(), row.ReadText(), row.ReadInt32()));
        }

        return rows;
    }

    private readonly record struct Row(long Number, TaskId Id, string Queue, int Deaths);
}
