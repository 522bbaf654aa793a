using Silo.Core.Tasks;
using Silo.Simulation.Storage;

namespace Silo.Simulation.Checks;

/// <summary>What was ever committed, for judging what is told about it.</summary>
internal sealed class CommitHistory
{
    private readonly HashSet<TaskId> _inserted = [];
    private readonly HashSet<(TaskId Id, StoredState State)> _terminal = [];
    private readonly HashSet<TaskId> _pruned = [];

    public bool WasInserted(TaskId id) => _inserted.Contains(id);

    public bool WasTerminal(TaskId id, StoredState state) => _terminal.Contains((id, state));

    /// <summary>Ended, and was deleted by retention since.</summary>
    public bool WasPruned(TaskId id) => _pruned.Contains(id);

    public void Add(SimRow? before, SimRow? after)
    {
        if (after is null)
        {
            _pruned.Add(before!.Spec.Id);
            return;
        }

        _inserted.Add(after.Spec.Id);
        if (after.State.IsTerminal())
        {
            _terminal.Add((after.Spec.Id, after.State));
        }
    }
}
