using Silo.Core.Placement;
using Silo.Core.Tasks;

namespace Silo.Core.Queues;

/// <summary>The bounded part of one queue's waiting tasks that the scheduler holds in memory; the store holds them all.</summary>
/// <remarks>
/// <para>Per priority a watermark says up to which key all waiting tasks are in memory (or on a node). Arrivals below it go into memory, others are left to
/// the store; whatever is evicted lowers it; pages read from it raise it.</para>
/// <para>A new window knows everything, as of an empty store: a priority first met by an arrival has no other tasks. A scheduler that takes over, or that may have
/// missed arrivals, calls <see cref="Forget"/>, then reads the store's priorities and calls <see cref="NotePriority"/> for each; arrivals may come in between.</para>
/// <para>Tasks of one priority and one shape stand in a lane: where the head has no eligible node with room, nobody behind it has. When blocked lanes fill the memory and
/// the store has more, the biggest are parked: a few heads stay, the rest goes back to the store under a watermark of the shape's own.</para>
/// </remarks>
internal sealed class ReadyWindow(string queue, ReadyWindowLimits limits)
{
    private readonly Dictionary<TaskId, ReadyEntry> _entries = [];
    private readonly List<PriorityBand> _bands = [];
    private readonly PriorityBand?[] _bandOfPriority = new PriorityBand?[TaskLimits.PriorityMax + 1];
    private readonly BandRefill?[] _refills = new BandRefill?[TaskLimits.PriorityMax + 1];
    private DateTimeOffset _now;
    private int _lastRefilled;

    public string Queue { get; } = queue;

    /// <summary>Tasks in memory.</summary>
    public int Count => _entries.Count;

    /// <summary>Whether the store may have waiting tasks that are neither in memory nor on a node.</summary>
    public bool MoreInStore => _bands.Exists(band => band.MoreInStore);

    /// <summary>Takes in a task that is durable and waits: new, retried, or given back. A newer attempt, or another due time, replaces what is here.</summary>
    public ArrivalAnswer Arrive(WaitingTask task) => BandOf(task.Spec.Priority).Arrive(task);

    /// <summary>Takes out a task that was cancelled.</summary>
    /// <returns>False when it is not in memory.</returns>
    public bool Remove(TaskId id)
    {
        if (!_entries.TryGetValue(id, out var entry))
        {
            return false;
        }

        entry.Lane.Band.Remove(entry);
        return true;
    }

    public bool Contains(TaskId id) => _entries.ContainsKey(id);

    /// <summary>Every waiting task of this priority and shape with a key below this one is in memory or on a node; for checks from outside.</summary>
    public ReadyKey CoverOf(int priority, PlacementShape shape) => _bandOfPriority[priority]?.CoverOf(shape) ?? ReadyKey.Highest;

    /// <summary>Whether a waiting task of this key should be in memory, unless it is on a node; for checks from outside.</summary>
    public bool Covers(int priority, PlacementShape shape, ReadyKey key) => key < CoverOf(priority, shape);

    /// <summary>The due task to place next: the best by <see cref="Ageing"/>, then by key, among those whose shape is not blocked. It stays here.</summary>
    /// <param name="blocked">Shapes for which no eligible node has room, as found since room last changed.</param>
    public ReadyCandidate? Next(DateTimeOffset now, IReadOnlySet<PlacementShape> blocked)
    {
        _now = now;
        ShapeLane? best = null;
        foreach (var band in _bands)
        {
            foreach (var lane in band.Lanes)
            {
                var better = best is null || lane.Score < best.Score || (lane.Score == best.Score && lane.Head!.Key < best.Head!.Key);
                if (better && lane.Head!.Key.RunAt <= now && !blocked.Contains(lane.Shape))
                {
                    best = lane;
                }
            }
        }

        return best is null ? null : new ReadyCandidate(best.Head!.Task, best.Shape);
    }

    /// <summary>Removes the chosen task.</summary>
    /// <exception cref="InvalidOperationException">It is not in memory.</exception>
    public WaitingTask Take(TaskId id)
    {
        if (!_entries.TryGetValue(id, out var entry))
        {
            throw new InvalidOperationException($"Task {id} of queue '{Queue}' is not in memory: only what Next has offered can be taken.");
        }

        entry.Lane.Band.Remove(entry);
        return entry.Task;
    }

    /// <summary>Tasks in memory that are due.</summary>
    public int CountDue(DateTimeOffset now) => _bands.SelectMany(band => band.Lanes).Sum(lane => lane.CountDue(now));

    /// <summary>When the next head falls due that was not due when the window was last asked for something, or a page is to be read for what falls due; null when there is neither.</summary>
    public DateTimeOffset? NextDue()
    {
        DateTimeOffset? due = null;
        foreach (var lane in _bands.SelectMany(band => band.Lanes))
        {
            var runAt = lane.Head!.Key.RunAt;
            due = runAt > _now && !(due <= runAt) ? runAt : due;
        }

        foreach (var refill in _refills)
        {
            var wanted = refill?.PutOffUntil(_now);
            due = wanted is null || due <= wanted ? due : wanted;
        }

        return due;
    }

    /// <summary>The page to read next, priorities in turns; null when memory has enough, the store no more that is nearly due, or reads are in flight for all that want one.</summary>
    /// <param name="blocked">As for <see cref="Next"/>; but empty when no node at all has room, since then reading past blocked tasks helps nobody and could go through
    /// the whole backlog. This call may park blocked lanes.</param>
    public RefillRequest? NextRefill(DateTimeOffset now, IReadOnlySet<PlacementShape> blocked)
    {
        _now = now;
        for (var step = 1; step <= _refills.Length; step++)
        {
            // Downwards from the last one served, so that a priority that is always short does not keep the others from their heads.
            var priority = (_lastRefilled - step + (2 * _refills.Length)) % _refills.Length;
            if (_refills[priority]?.Next(now, blocked) is { } request)
            {
                return request;
            }
        }

        return null;
    }

    /// <summary>The page is being read: from here on the window remembers what its rows must not undo. Call it before the read is sent.</summary>
    public void RefillStarted(RefillRequest request)
    {
        _lastRefilled = request.Priority;
        _refills[request.Priority]!.Start(request);
    }

    /// <summary>Takes in the rows of a page.</summary>
    /// <param name="limit">The rows asked for: fewer mean that the store has no more.</param>
    /// <param name="isHeldElsewhere">True for what the scheduler has taken and not lost: placed, on a node, or being cancelled.</param>
    public void ApplyPage(RefillRequest request, IReadOnlyList<WaitingTask> rows, int limit, Func<TaskId, bool> isHeldElsewhere) =>
        _refills[request.Priority]!.Apply(request, rows, limit, isHeldElsewhere);

    /// <summary>The page could not be read; it is wanted again.</summary>
    public void RefillFailed(RefillRequest request) => _refills[request.Priority]!.Fail(request);

    /// <summary>A task has left the scheduler's memory (recorded, finalised): rows of pages that are being read do not bring it back. A retry arrives anew.</summary>
    public void Left(TaskId id)
    {
        foreach (var band in _bands)
        {
            band.Read?.Leave(id);
        }
    }

    /// <summary>Arrivals may have been missed: everything is read again. What is in memory stays.</summary>
    public void Forget()
    {
        foreach (var band in _bands)
        {
            band.Forget();
        }
    }

    /// <summary>The store has waiting tasks of this priority; without effect where the window already reads, or has read, this priority.</summary>
    public void NotePriority(int priority)
    {
        var band = BandOf(priority);
        if (band.Assumed)
        {
            band.Forget();
        }
    }

    private PriorityBand BandOf(int priority)
    {
        if (_bandOfPriority[priority] is { } known)
        {
            return known;
        }

        var band = new PriorityBand(priority, limits, _entries);
        _refills[priority] = new BandRefill(band, limits);
        _bandOfPriority[priority] = band;
        _bands.Add(band);
        return band;
    }
}
