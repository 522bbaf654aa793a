using Silo.Core.Placement;
using Silo.Core.Tasks;

namespace Silo.Core.Queues;

/// <summary>The waiting tasks in memory of one priority of a queue, and up to which keys they are all there.</summary>
/// <remarks>
/// A shape is covered up to the watermark or, when it is parked, up to the lower of the watermark and its own: every waiting
/// task of the store below that is in memory or on a node. Whatever is not taken into memory lowers it, so that a page brings it later.
/// </remarks>
internal sealed class PriorityBand(int priority, ReadyWindowLimits limits, Dictionary<TaskId, ReadyEntry> entries)
{
    private readonly Dictionary<PlacementShape, ShapeLane> _lanes = [];
    private readonly Dictionary<PlacementShape, ReadyKey> _parked = [];
    private readonly PlacementShapes _shapes = new();
    private bool _rescanning;

    public int Priority { get; } = priority;

    public ReadyKey Watermark { get; private set; } = ReadyKey.Highest;

    /// <summary>Nobody has said yet that the store has older tasks of this priority: it was met by an arrival.</summary>
    public bool Assumed { get; private set; } = true;

    /// <summary>At most one at a time, so that no page can undo another.</summary>
    public ReadInFlight? Read { get; set; }

    public int Count { get; private set; }

    public long Bytes { get; private set; }

    public Dictionary<PlacementShape, ShapeLane>.ValueCollection Lanes => _lanes.Values;

    public IReadOnlyDictionary<PlacementShape, ReadyKey> Parked => _parked;

    public bool MoreInStore => Watermark != ReadyKey.Highest || _parked.Count > 0;

    /// <summary>Memory holds keys that the watermark has not passed again since it fell to the lowest, so how full it is says nothing.</summary>
    public bool Rescanning => _rescanning && Count > 0 && Watermark <= HighestKey;

    private bool IsOver => Count > 1 && (Count > limits.EntriesPerPriority || Bytes > limits.BytesPerPriority);

    /// <summary>The highest key in memory, or the lowest there is when memory is empty.</summary>
    public ReadyKey HighestKey => _lanes.Values.Select(lane => lane.Tail!.Key).DefaultIfEmpty(ReadyKey.Lowest).Max();

    public bool Contains(TaskId id) => entries.ContainsKey(id);

    public PlacementShape ShapeOf(WaitingTask task) => _shapes.Of(task);

    public int CountOf(PlacementShape shape) => _lanes.TryGetValue(shape, out var lane) ? lane.Count : 0;

    /// <summary>Every waiting task of the shape below this key is in memory or on a node.</summary>
    public ReadyKey CoverOf(PlacementShape shape) =>
        _parked.TryGetValue(shape, out var own) && own < Watermark ? own : Watermark;

    public ArrivalAnswer Arrive(WaitingTask task)
    {
        if (entries.TryGetValue(task.Spec.Id, out var entry))
        {
            if (task.Attempt < entry.Task.Attempt || (task.Attempt == entry.Task.Attempt && task.Spec.Key == entry.Key))
            {
                return ArrivalAnswer.AlreadyHere;
            }

            entry.Lane.Band.Remove(entry);
        }

        var shape = ShapeOf(task);
        if (task.Spec.Key >= CoverOf(shape))
        {
            if (Read is { } read && read.IsFor(shape))
            {
                read.Arrive(task);
            }

            return ArrivalAnswer.Beyond;
        }

        Insert(task, shape);
        return entries.ContainsKey(task.Spec.Id) ? ArrivalAnswer.Inserted : ArrivalAnswer.Beyond;
    }

    /// <summary>Puts a task into memory, and evicts the highest keys, perhaps itself, when that is over a limit.</summary>
    public void Insert(WaitingTask task, PlacementShape shape)
    {
        if (!_lanes.TryGetValue(shape, out var lane))
        {
            lane = new ShapeLane(this, shape, limits.AgeingInterval);
            _lanes.Add(shape, lane);
        }

        var entry = new ReadyEntry(task, lane);
        entries.Add(task.Spec.Id, entry);
        lane.Add(entry);
        (Count, Bytes) = (Count + 1, Bytes + entry.Bytes);
        while (IsOver)
        {
            Evict(_lanes.Values.MaxBy(candidate => candidate.Tail!.Key)!.Tail!);
        }
    }

    /// <summary>Takes a task out of memory for good: a page that is being read does not bring it back.</summary>
    public void Remove(ReadyEntry entry)
    {
        Read?.Leave(entry.Task.Spec.Id);
        Drop(entry);
    }

    /// <summary>Everything is read again; what is in memory stays.</summary>
    public void Forget()
    {
        Watermark = ReadyKey.Lowest;
        Read?.CapAt(ReadyKey.Lowest);
        _parked.Clear();
        Assumed = false;
        _rescanning = true;
    }

    /// <summary>The page of the current read has been taken in: its watermark moves.</summary>
    public void Advance(PlacementShape? shape, ReadyKey reached)
    {
        if (shape is not null)
        {
            _parked[shape] = reached;
            return;
        }

        Watermark = reached;
        _rescanning = Rescanning;
    }

    /// <summary>The shape has no watermark of its own any more.</summary>
    public void Unpark(PlacementShape shape) => _parked.Remove(shape);

    /// <summary>Gives the lane's shape a watermark of its own and leaves only <paramref name="heads"/> of it in memory, so that there is room for others.</summary>
    public void Park(ShapeLane lane, int heads)
    {
        _parked.TryAdd(lane.Shape, lane.Tail!.Key);
        while (lane.Count > heads)
        {
            Evict(lane.Tail!);
        }
    }

    private void Evict(ReadyEntry entry)
    {
        Drop(entry);
        var shape = entry.Lane.Shape;
        if (_parked.TryGetValue(shape, out var own))
        {
            _parked[shape] = entry.Key < own ? entry.Key : own;
        }
        else
        {
            Watermark = entry.Key < Watermark ? entry.Key : Watermark;
        }

        if (Read is { } read && read.IsFor(shape))
        {
            read.CapAt(entry.Key);
        }
    }

    private void Drop(ReadyEntry entry)
    {
        entries.Remove(entry.Task.Spec.Id);
        entry.Lane.Remove(entry);
        (Count, Bytes) = (Count - 1, Bytes - entry.Bytes);
        if (entry.Lane.Count == 0)
        {
            _lanes.Remove(entry.Lane.Shape);
        }
    }
}
