namespace Silo.Core.Workers;

/// <summary>The executions whose end is not reported yet. Most come and go without their time-out ever being looked at, so they stand in no order, and are all looked at when the
/// earliest is due.</summary>
internal sealed class RunningExecutions
{
    private readonly List<Execution> _all = [];

    public IReadOnlyList<Execution> All => _all;

    public void Add(Execution execution)
    {
        execution.Place = _all.Count;
        _all.Add(execution);
    }

    /// <summary>Without effect when it is not among them.</summary>
    public void Remove(Execution execution)
    {
        if (execution.Place < 0)
            return;
        var last = _all[^1];
        (_all[execution.Place], last.Place) = (last, execution.Place);
        _all.RemoveAt(_all.Count - 1);
        execution.Place = -1;
    }

    /// <returns>Those that were there.</returns>
    public Execution[] Clear()
    {
        Execution[] all = [.. _all];
        foreach (var execution in all)
            execution.Place = -1;
        _all.Clear();
        return all;
    }

    /// <summary>Removes those whose end is due, the earliest leading.</summary>
    public List<Execution> TakeDue(TimeSpan now)
    {
        var due = _all.FindAll(execution => execution.Due <= now);
        due.Sort(DueOrder.Instance);
        due.ForEach(Remove);
        return due;
    }

    public TimeSpan? NextDue() => _all.Count == 0 ? null : _all.Min(static execution => execution.Due);
}
