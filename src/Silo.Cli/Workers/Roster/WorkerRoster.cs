namespace Silo.Cli.Workers.Roster;

/// <summary>Which workers there are and which there ought to be, and what is to be done about the difference.</summary>
/// <remarks>It decides and does nothing: the time is passed in, and whoever carries out an action reports with <see cref="Ended"/> what became of it.</remarks>
/// <param name="drainLimit">How long a worker may take to end after it was told to; then it is killed.</param>
internal sealed class WorkerRoster(TimeSpan drainLimit)
{
    /// <summary>More workers than this are no longer a matter of one machine.</summary>
    public const int CountMax = 256;

    /// <summary>In a restart of all, the next one drains when the one before has run for this long again.</summary>
    public static readonly TimeSpan SettleTime = TimeSpan.FromSeconds(1);

    /// <summary>For workers whose own limit is not known: what they have by default, and a margin.</summary>
    public static readonly TimeSpan DrainLimitDefault = TimeSpan.FromSeconds(45);

    private readonly SortedDictionary<int, RosterEntry> _entries = [];
    private readonly Queue<int> _toRestart = new();
    private int? _restarting;
    private bool _killing;

    public IEnumerable<RosterEntry> Entries => _entries.Values;

    /// <summary>How many workers there ought to be.</summary>
    public int Count { get; private set; }

    public bool IsStopping { get; private set; }

    /// <summary>Everybody is gone who was told to go.</summary>
    public bool IsOver => IsStopping && _entries.Count == 0;

    /// <summary>Workers that were told to go, and went.</summary>
    public int Drained { get; private set; }

    /// <summary>Workers that were told to go, and had to be killed.</summary>
    public int Killed { get; private set; }

    /// <summary>Nothing is under way but waits of workers that fail again and again. True only after <see cref="Decide"/>.</summary>
    public bool IsSettled =>
        _restarting is null && _toRestart.Count == 0 && _entries.Values.All(entry => entry.Phase switch
        {
            WorkerPhase.Draining => false,
            WorkerPhase.Waiting => entry.Failures > 0,
            _ => true,
        });

    private int Wanted => IsStopping ? 0 : Count;

    /// <summary>A worker of a manager that is gone lives, and is ours from now on.</summary>
    public void Adopt(int index, TimeSpan now) => _entries[index] = new RosterEntry(index, WorkerPhase.Running) { Since = now };

    public void Scale(int count) => Count = count;

    /// <summary>Every worker is drained and started anew, one after the other, so that the others go on with the work.</summary>
    public void RestartAll()
    {
        _toRestart.Clear();
        foreach (var index in _entries.Keys.Where(index => index <= Wanted))
        {
            _toRestart.Enqueue(index);
        }
    }

    /// <summary>All workers drain. Said once more, those that still do are killed.</summary>
    public void Stop()
    {
        _killing = IsStopping;
        IsStopping = true;
        _toRestart.Clear();
        _restarting = null;
    }

    /// <summary>A worker is no longer there, or could not be started.</summary>
    /// <param name="exitCode">Null when it is not known, as that of one that was adopted.</param>
    /// <param name="reason">What is told of it.</param>
    public void Ended(int index, int? exitCode, string reason, TimeSpan now)
    {
        var entry = _entries[index];
        if (entry.Phase == WorkerPhase.Draining)
        {
            EndDraining(entry, now);
            return;
        }

        entry.Reason = reason;
        if (RestartPolicy.Refusal(exitCode) is not null)
        {
            entry.Phase = WorkerPhase.Failed;
            return;
        }

        entry.Failures = now - entry.Since >= RestartPolicy.WellAfter ? 1 : entry.Failures + 1;
        entry.Restarts++;
        Wait(entry, now + RestartPolicy.Delay(entry.Failures));
    }

    /// <summary>What is to be done now; each action is returned once.</summary>
    public IReadOnlyList<RosterAction> Decide(TimeSpan now)
    {
        var actions = new List<RosterAction>();
        Resize(actions, now);
        GoOnRestarting(actions, now);
        foreach (var entry in _entries.Values)
        {
            switch (entry.Phase)
            {
                case WorkerPhase.Waiting when entry.Due <= now:
                    (entry.Phase, entry.Since) = (WorkerPhase.Running, now);
                    actions.Add(new RosterAction(RosterVerb.Start, entry.Index));
                    break;
                case WorkerPhase.Draining when !entry.IsKilled && (_killing || entry.Due <= now):
                    entry.IsKilled = true;
                    actions.Add(new RosterAction(RosterVerb.Kill, entry.Index));
                    break;
                default:
                    break;
            }
        }

        return actions;
    }

    /// <returns>When <see cref="Decide"/> has something to say although nothing was reported; null for never.</returns>
    public TimeSpan? NextDecision()
    {
        var times = _entries.Values
            .Where(entry => entry.Phase == WorkerPhase.Waiting || entry is { Phase: WorkerPhase.Draining, IsKilled: false })
            .Select(entry => (TimeSpan?)entry.Due);
        return _restarting is { } index && _entries.GetValueOrDefault(index) is { Phase: WorkerPhase.Running } restarted
            ? times.Append(restarted.Since + SettleTime).Min()
            : times.Min();
    }

    private void Resize(List<RosterAction> actions, TimeSpan now)
    {
        for (var index = 1; index <= Wanted; index++)
        {
            _entries.TryAdd(index, new RosterEntry(index, WorkerPhase.Waiting) { Due = now });
        }

        // The last ones go first, so that the names that are left have no gap.
        foreach (var entry in _entries.Values.Where(entry => entry.Index > Wanted).Reverse().ToList())
        {
            if (entry.Phase == WorkerPhase.Running)
            {
                Drain(entry, actions, now);
            }
            else if (entry.Phase is WorkerPhase.Waiting or WorkerPhase.Failed)
            {
                _entries.Remove(entry.Index);
            }
        }
    }

    private void GoOnRestarting(List<RosterAction> actions, TimeSpan now)
    {
        if (_restarting is { } last && IsBack(last, now))
        {
            _restarting = null;
        }

        while (_restarting is null && _toRestart.TryDequeue(out var index))
        {
            if (_entries.GetValueOrDefault(index) is not { } entry || entry.Phase == WorkerPhase.Draining)
            {
                continue;
            }

            _restarting = index;
            if (entry.Phase == WorkerPhase.Running)
            {
                Drain(entry, actions, now);
            }
            else
            {
                entry.Failures = 0;
                Wait(entry, now);
            }
        }
    }

    /// <summary>Whether a worker that was restarted runs again, or fails so that nobody should wait for it.</summary>
    private bool IsBack(int index, TimeSpan now) => _entries.GetValueOrDefault(index) switch
    {
        null => true,
        { Phase: WorkerPhase.Running } entry => now - entry.Since >= SettleTime,
        { Phase: WorkerPhase.Draining } => false,
        { Phase: WorkerPhase.Waiting } entry => entry.Failures > 0,
        _ => true,
    };

    private void Drain(RosterEntry entry, List<RosterAction> actions, TimeSpan now)
    {
        (entry.Phase, entry.Due, entry.IsKilled) = (WorkerPhase.Draining, now + drainLimit, false);
        actions.Add(new RosterAction(RosterVerb.Terminate, entry.Index));
    }

    private void EndDraining(RosterEntry entry, TimeSpan now)
    {
        (Drained, Killed) = entry.IsKilled ? (Drained, Killed + 1) : (Drained + 1, Killed);
        if (entry.Index > Wanted)
        {
            _entries.Remove(entry.Index);
            return;
        }

        // Restarted, or wanted again while it went.
        (entry.Failures, entry.Reason) = (0, null);
        Wait(entry, now);
    }

    private static void Wait(RosterEntry entry, TimeSpan due) => (entry.Phase, entry.Due) = (WorkerPhase.Waiting, due);
}
