using Silo.Core.Tasks;
using Silo.Storage.Sqlite.Sql;

namespace Silo.Storage.Sqlite.Writing;

/// <summary>How the numbers of rows per queue and state change with a transaction.</summary>
internal sealed class CounterDeltas
{
    private readonly Dictionary<(string Queue, StoredState State), long> _deltas = [];

    public void Added(string queue, StoredState state) => Change(queue, state, 1);

    public void Removed(string queue, StoredState state) => Change(queue, state, -1);

    public void Moved(string queue, StoredState from, StoredState to)
    {
        if (from != to)
        {
            Change(queue, from, -1);
            Change(queue, to, 1);
        }
    }

    public void MoveInto(CounterDeltas whole)
    {
        foreach (var ((queue, state), delta) in _deltas)
        {
            whole.Change(queue, state, delta);
        }

        Clear();
    }

    public void Clear() => _deltas.Clear();

    /// <summary>Writes them into the running transaction.</summary>
    public void Save(Session session)
    {
        foreach (var ((queue, state), delta) in _deltas)
        {
            if (delta != 0)
            {
                session.Prepare("INSERT INTO counters (queue, state, count) VALUES (?, ?, ?) ON CONFLICT (queue, state) DO UPDATE SET count = count + excluded.count")
                    .Bind(queue).Bind(state).Bind(delta).Run();
            }
        }
    }

    private void Change(string queue, StoredState state, long by) =>
        System.Runtime.InteropServices.CollectionsMarshal.GetValueRefOrAddDefault(_deltas, (queue, state), out _) += by;
}
