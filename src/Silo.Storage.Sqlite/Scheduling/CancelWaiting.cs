using Silo.Core.Storage;
using Silo.Core.Tasks;
using Silo.Storage.Sqlite.Tasks;
using Silo.Storage.Sqlite.Writing;

namespace Silo.Storage.Sqlite.Scheduling;

/// <summary>Makes cancels final. The scheduler names only tasks that no node holds, so a row still marked running is a mark that outlived its node.</summary>
internal static class CancelWaiting
{
    private const string Find = "SELECT number, state, queue, EXISTS (SELECT 1 FROM cancels WHERE cancels.id = tasks.id) FROM tasks WHERE id = ?";

    private const string Cancel = "UPDATE tasks SET state = 4, incarnation = 0, finished_at = ? WHERE number = ?";

    public static CancelWaitingAnswer Execute(WriteTransaction transaction, string pool, long epoch, IReadOnlyList<TaskId> ids)
    {
        if (!Epochs.IsLatest(transaction, pool, epoch))
        {
            return new CancelWaitingAnswer(EpochAnswer.StaleEpoch, [], []);
        }

        List<TaskId> cancelled = [];
        List<TaskId> settled = [];
        foreach (var id in ids)
        {
            Finalise(transaction, id, cancelled, settled);
        }

        return new CancelWaitingAnswer(EpochAnswer.Done, cancelled, settled);
    }

    private static void Finalise(WriteTransaction transaction, TaskId id, List<TaskId> cancelled, List<TaskId> settled)
    {
        var row = transaction.Prepare(Find).Bind(id);
        if (!row.Step())
        {
            Cancels.Remove(transaction, id);
            settled.Add(id);
            return;
        }

        var (number, state, queue, onRecord) = (row.ReadInt64(), row.ReadState(), row.ReadText(), row.ReadBool());
        row.Reset();
        if (state.IsTerminal())
        {
            Cancels.Remove(transaction, id);
            settled.Add(id);
        }
        else if (onRecord)
        {
            transaction.Prepare(Cancel).Bind(transaction.Now).Bind(number).Run();
            transaction.Counters.Moved(queue, state, StoredState.Cancelled);
            Cancels.Remove(transaction, id);
            cancelled.Add(id);
        }
    }
}
