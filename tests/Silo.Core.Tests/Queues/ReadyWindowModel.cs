using Silo.Core.Placement;
using Silo.Core.Queues;
using Silo.Core.Tasks;

namespace Silo.Core.Tests.Queues;

/// <summary>A store without limits and a careful scheduler around one window, driven by a seed; every step is followed by a check of the window's promises.</summary>
internal sealed class ReadyWindowModel(int seed, ReadyWindowLimits limits)
{
    private static readonly int[] Priorities = [0, 50, 100];
    private static readonly string[] Types = ["a", "b", "c", "d"];

    private static readonly PlacementShape NeverSubmitted = PlacementShape.Of(Waiting.Task(0, type: "never-submitted"));

    private readonly Random _random = new(seed);
    private readonly ReadyWindow _window = new("default", limits);
    private readonly Dictionary<TaskId, WaitingTask> _store = [];
    private readonly HashSet<TaskId> _held = [];
    private readonly HashSet<TaskId> _cancelling = [];
    private readonly HashSet<TaskId> _ended = [];
    private readonly List<WaitingTask> _notices = [];
    private readonly List<PageRead> _reads = [];
    private readonly HashSet<PlacementShape> _blocked = [];
    private DateTimeOffset _now = Waiting.Start;
    private IReadOnlyList<int>? _prioritiesRead;
    private bool _lostNotices;
    private int _ids;

    public int PagesApplied { get; private set; }

    /// <summary>Arrivals that were left to the store.</summary>
    public int LeftToStore { get; private set; }

    public bool EverParked { get; private set; }

    /// <summary>One random step of the world, and the check.</summary>
    public void Step()
    {
        var dice = _random.Next(100);
        Action step = dice switch
        {
            < 30 => Submit,
            < 45 => Place,
            < 52 => Finish,
            < 57 => Retry,
            < 61 => GiveBack,
            < 65 => Cancel,
            < 69 => FinishCancel,
            < 77 => StartRead,
            < 88 => ProgressRead,
            < 93 => ToggleBlocked,
            < 96 => () => _now += TimeSpan.FromSeconds(_random.Next(20)),
            < 99 => DeliverNotice,
            _ => ForgetOrLearn,
        };
        step();
        Check();
    }

    /// <summary>No more submissions; what can be placed must all come out, and then, with nothing blocked, everything.</summary>
    public void Drain()
    {
        while (_notices.Count > 0)
        {
            DeliverNotice();
        }

        Rescan();
        DrainUnblocked();
        Assert.All(_store.Values.Where(task => IsLoose(task) && task.Spec.RunAt <= _now), task => Assert.Contains(PlacementShape.Of(task), _blocked));
        if (_blocked.Count == 0)
        {
            CheckWakesInTime();
        }

        _now += TimeSpan.FromDays(1);
        DrainUnblocked();
        Assert.All(_store.Values.Where(IsLoose), task => Assert.Contains(PlacementShape.Of(task), _blocked));
        _blocked.Clear();
        foreach (var id in _held.ToList())
        {
            _held.Remove(id);
            Arrive(_store[id]);
        }

        while (_cancelling.Count > 0)
        {
            FinishCancel();
        }

        DrainUnblocked();
        Assert.Empty(_store);
        Assert.Equal(0, _window.Count);
        Assert.False(_window.MoreInStore);
    }

    private void DrainUnblocked()
    {
        // A page may bring nothing when it only passes parked rows, so the bound is generous; without one a livelock would hang the run.
        for (var budget = 200 + (20 * _store.Count); ; budget--)
        {
            Assert.True(budget > 0, $"Still {_store.Values.Count(IsLoose)} waiting after as many steps as any drain needs.");
            while (TryPlace() is { } id)
            {
                _held.Remove(id);
                End(id);
                Check();
            }

            StartRead();
            if (_reads.Count == 0)
            {
                return;
            }

            ProgressRead();
            Check();
        }
    }

    private void Submit()
    {
        var key = _random.Next(4) switch { 0 => _random.Next(60), 1 => -_random.Next(60), _ => 0 };
        var task = Waiting.Task(
            ++_ids, (_now - Waiting.Start).TotalSeconds + key, Priorities[_random.Next(3)], Types[_random.Next(Types.Length)], _random.Next(5) == 0 ? 600 : 0);
        _store[task.Spec.Id] = task;
        if (_random.Next(10) == 0)
        {
            _notices.Add(task);
        }
        else
        {
            Arrive(task);
        }
    }

    private void DeliverNotice()
    {
        if (_notices.Count == 0)
        {
            return;
        }

        var task = _notices[0];
        _notices.RemoveAt(0);
        if (_prioritiesRead is null && _random.Next(3) == 0)
        {
            _lostNotices = true;
        }
        else if (_store.TryGetValue(task.Spec.Id, out var row) && row == task && IsLoose(task))
        {
            Arrive(task);
        }
    }

    private void Place() => TryPlace();

    private TaskId? TryPlace()
    {
        var best = _store.Values
            .Where(task => _window.Contains(task.Spec.Id) && task.Spec.RunAt <= _now && !_blocked.Contains(PlacementShape.Of(task)))
            .OrderBy(task => Ageing.Score(task.Spec.RunAt, task.Spec.Priority, limits.AgeingInterval))
            .ThenBy(task => task.Spec.Key)
            .FirstOrDefault();
        var offered = _window.Next(_now, _blocked)?.Task;
        Assert.Equal(best?.Spec.Id, offered?.Spec.Id);
        Assert.Equal(best?.Attempt, offered?.Attempt);
        if (offered is null)
        {
            return null;
        }

        _window.Take(offered.Spec.Id);
        _held.Add(offered.Spec.Id);
        return offered.Spec.Id;
    }

    private void Finish()
    {
        if (AnyOf(_held) is { } id)
        {
            _held.Remove(id);
            End(id);
        }
    }

    private void Retry()
    {
        if (AnyOf(_held) is not { } id)
        {
            return;
        }

        var row = _store[id];
        var next = row with { Attempt = row.Attempt + 1, Spec = row.Spec with { RunAt = _now.AddSeconds(_random.Next(30)) } };
        _store[id] = next;
        _held.Remove(id);
        if (_random.Next(2) == 0)
        {
            _window.Left(id);
            Arrive(next);
        }
        else
        {
            Arrive(next);
            _window.Left(id);
        }
    }

    private void GiveBack()
    {
        if (AnyOf(_held) is { } id)
        {
            _held.Remove(id);
            Arrive(_store[id]);
        }
    }

    private void Cancel()
    {
        if (AnyOf([.. _store.Keys.Where(id => !_held.Contains(id))]) is { } id)
        {
            _window.Remove(id);
            _cancelling.Add(id);
        }
    }

    private void FinishCancel()
    {
        if (AnyOf(_cancelling) is { } id)
        {
            _cancelling.Remove(id);
            End(id);
        }
    }

    private void End(TaskId id)
    {
        _store.Remove(id);
        _ended.Add(id);
        _window.Left(id);
    }

    private void StartRead()
    {
        if (_window.NextRefill(_now, _blocked) is { } request)
        {
            Assert.True(request.From.RunAt <= _now + limits.ReadAhead, $"What is due at {request.From.RunAt} is read at {_now}.");
            Assert.DoesNotContain(_reads, read => read.Request.Priority == request.Priority);
            _window.RefillStarted(request);
            _reads.Add(new PageRead(request, Math.Min(request.Limit, 1 + _random.Next(6))));
        }
    }

    private void ProgressRead()
    {
        if (_reads.Count == 0)
        {
            return;
        }

        var read = _reads[_random.Next(_reads.Count)];
        if (read.Rows is null)
        {
            read.Rows = [.. _store.Values
                .Where(task => task.Spec.Priority == read.Request.Priority && task.Spec.Key >= read.Request.From)
                .OrderBy(task => task.Spec.Key)
                .Take(read.Limit)];
            return;
        }

        _reads.Remove(read);
        if (_random.Next(10) == 0)
        {
            _window.RefillFailed(read.Request);
            return;
        }

        _window.ApplyPage(read.Request, read.Rows, read.Limit, id => _held.Contains(id) || _cancelling.Contains(id));
        PagesApplied++;
    }

    private void ToggleBlocked()
    {
        var shape = PlacementShape.Of(Waiting.Task(0, type: Types[_random.Next(Types.Length)]));
        if (!_blocked.Remove(shape))
        {
            _blocked.Add(shape);
        }
    }

    private void ForgetOrLearn()
    {
        if (_prioritiesRead is null)
        {
            _window.Forget();
            _prioritiesRead = [.. _store.Values.Select(task => task.Spec.Priority).Distinct()];
            return;
        }

        foreach (var priority in _prioritiesRead)
        {
            _window.NotePriority(priority);
        }

        _prioritiesRead = null;
        _lostNotices = false;
    }

    private void Rescan()
    {
        _prioritiesRead = null;
        ForgetOrLearn();
        ForgetOrLearn();
    }

    private void Arrive(WaitingTask task)
    {
        var answer = _window.Arrive(task);
        Assert.Equal(answer != ArrivalAnswer.Beyond, _window.Contains(task.Spec.Id));
        LeftToStore += answer == ArrivalAnswer.Beyond ? 1 : 0;
    }

    private bool IsLoose(WaitingTask task) => !_held.Contains(task.Spec.Id) && !_cancelling.Contains(task.Spec.Id);

    private TaskId? AnyOf(IReadOnlyCollection<TaskId> ids) => ids.Count == 0 ? null : ids.ElementAt(_random.Next(ids.Count));

    private void Check()
    {
        Assert.All(_ended, id => Assert.False(_window.Contains(id), $"{id} has ended and is still in memory."));
        Assert.All(_held, id => Assert.False(_window.Contains(id), $"{id} is on a node and in memory."));
        foreach (var group in _store.Values.Where(task => _window.Contains(task.Spec.Id)).GroupBy(task => task.Spec.Priority))
        {
            Assert.True(group.Count() <= limits.EntriesPerPriority, $"Priority {group.Key} has {group.Count()} tasks in memory.");
            EverParked |= group.Any(task => _window.CoverOf(group.Key, PlacementShape.Of(task)) < _window.CoverOf(group.Key, NeverSubmitted));
        }

        // Between a lost notice and the rescan that it causes nobody can know of the task.
        if (_lostNotices || _prioritiesRead is not null)
        {
            return;
        }

        foreach (var task in _store.Values.Where(task => IsLoose(task) && !_notices.Contains(task)))
        {
            var covered = task.Spec.Key < _window.CoverOf(task.Spec.Priority, PlacementShape.Of(task));
            Assert.True(!covered || _window.Contains(task.Spec.Id), $"{task.Spec.Id} waits in the store below the watermark and is not in memory.");
        }
    }

    /// <summary>Whoever sleeps until <see cref="ReadyWindow.NextDue"/> is awake when the next task falls due.</summary>
    private void CheckWakesInTime()
    {
        if (_store.Values.Where(task => IsLoose(task) && task.Spec.RunAt > _now).Min(task => (DateTimeOffset?)task.Spec.RunAt) is { } due)
        {
            Assert.True(_window.NextDue() <= due, $"A task is due at {due}; the window names {_window.NextDue()}.");
        }
    }

    private sealed class PageRead(RefillRequest request, int limit)
    {
        public RefillRequest Request { get; } = request;

        public int Limit { get; } = limit;

        public IReadOnlyList<WaitingTask>? Rows { get; set; }
    }
}
