using Silo.Core.Placement;
using Silo.Core.Tasks;

namespace Silo.Core.Queues;

/// <summary>When a priority wants a page from the store, which, and what a page does to it.</summary>
internal sealed class BandRefill(PriorityBand band, ReadyWindowLimits limits)
{
    private const int FirstPageRows = 64;
    private long _rowBytes = Math.Max(1, limits.BytesPerPriority / 2 / FirstPageRows);
    private bool _lastWasForShape;

    /// <summary>The page to read next; null when memory has enough that can be placed, or the store no more that is nearly due.</summary>
    public RefillRequest? Next(DateTimeOffset now, IReadOnlySet<PlacementShape> blocked)
    {
        if (band.Read is not null || !band.MoreInStore)
        {
            return null;
        }

        // In turns: a parked shape that is used up as fast as it is read must not keep the others in the store, nor they it.
        var until = now + limits.ReadAhead;
        return _lastWasForShape
            ? ForAll(until, blocked) ?? ForParked(until, blocked)
            : ForParked(until, blocked) ?? ForAll(until, blocked);
    }

    /// <summary>When a page that is put off becomes wanted: its first task may be due <see cref="ReadyWindowLimits.ReadAhead"/> later; null when none is put off.</summary>
    public DateTimeOffset? PutOffUntil(DateTimeOffset now)
    {
        var until = now + limits.ReadAhead;
        var first = band.Parked.Values.Append(band.Watermark).Select(static key => key.RunAt).Where(runAt => runAt > until).Min(static runAt => (DateTimeOffset?)runAt);
        return first == ReadyKey.Highest.RunAt ? null : first - limits.ReadAhead;
    }

    public void Start(RefillRequest request)
    {
        band.Read = new ReadInFlight(request, limits);
        _lastWasForShape = request.Shape is not null;
    }

    public void Fail(RefillRequest request)
    {
        if (ReferenceEquals(band.Read?.Request, request))
        {
            band.Read = null;
        }
    }

    public void Apply(RefillRequest request, IReadOnlyList<WaitingTask> rows, int limit, Func<TaskId, bool> isHeldElsewhere)
    {
        if (band.Read is not { } read || !ReferenceEquals(read.Request, request))
        {
            return;
        }

        band.Read = null;
        Weigh(rows);
        if (read.Void)
        {
            return;
        }

        var near = rows.TakeWhile(row => row.Spec.RunAt <= request.Until).ToList();
        var reached = near.Count < rows.Count ? rows[near.Count].Spec.Key : rows.Count < limit ? ReadyKey.Highest : JustAbove(rows[^1].Spec.Key);
        band.Advance(request.Shape, reached < read.Cap ? reached : read.Cap);
        // First what came since, which is newer than the same task's row.
        TakeIn(read.Arrived, request.Shape, isHeldElsewhere);
        TakeIn(near.Where(row => !read.HasLeft(row.Spec.Id)), request.Shape, isHeldElsewhere);
        if (request.Shape is { } shape && band.Parked[shape] >= band.Watermark)
        {
            band.Unpark(shape);
        }
    }

    private void TakeIn(IEnumerable<WaitingTask> tasks, PlacementShape? only, Func<TaskId, bool> isHeldElsewhere)
    {
        foreach (var task in tasks)
        {
            if (band.Contains(task.Spec.Id) || isHeldElsewhere(task.Spec.Id))
            {
                continue;
            }

            var shape = band.ShapeOf(task);
            if ((only is null || only.Equals(shape)) && task.Spec.Key < band.CoverOf(shape))
            {
                band.Insert(task, shape);
            }
        }
    }

    /// <summary>A page for the parked shape that can be placed, runs low, and has waited longest.</summary>
    private RefillRequest? ForParked(DateTimeOffset until, IReadOnlySet<PlacementShape> blocked)
    {
        PlacementShape? chosen = null;
        var from = ReadyKey.Highest;
        foreach (var (shape, own) in band.Parked)
        {
            if (blocked.Contains(shape) || band.CountOf(shape) >= limits.Quarter)
            {
                continue;
            }

            if (own >= band.Watermark)
            {
                band.Unpark(shape);
            }
            else if (own < from && own.RunAt <= until)
            {
                (chosen, from) = (shape, own);
            }
        }

        // Without room its rows still displace higher keys, should there be any.
        return chosen is not null && (MakeRoom(blocked) || from < band.HighestKey) ? Page(from, until, chosen) : null;
    }

    /// <summary>A page for all others, from the watermark; what is due later is left in the store, or a backlog of tomorrow's would fill memory, be evicted by what is due, and be read back.</summary>
    private RefillRequest? ForAll(DateTimeOffset until, IReadOnlySet<PlacementShape> blocked)
    {
        if (band.Watermark == ReadyKey.Highest || band.Watermark.RunAt > until)
        {
            return null;
        }

        var (count, bytes) = Placeable(blocked);
        var enough = count >= limits.LowWater || bytes >= limits.BytesPerPriority / 2;
        return band.Rescanning || (!enough && MakeRoom(blocked)) ? Page(band.Watermark, until, null) : null;
    }

    private (int Count, long Bytes) Placeable(IReadOnlySet<PlacementShape> blocked)
    {
        var (count, bytes) = (band.Count, band.Bytes);
        if (blocked.Count == 0)
        {
            return (count, bytes);
        }

        foreach (var lane in band.Lanes)
        {
            if (blocked.Contains(lane.Shape))
            {
                (count, bytes) = (count - lane.Count, bytes - lane.Bytes);
            }
        }

        return (count, bytes);
    }

    /// <summary>Parks the biggest blocked lanes until there is room for a page.</summary>
    /// <returns>False when there is no room at all.</returns>
    private bool MakeRoom(IReadOnlySet<PlacementShape> blocked)
    {
        while (band.Count + limits.Quarter > limits.EntriesPerPriority || band.Bytes + (limits.BytesPerPriority / 4) > limits.BytesPerPriority)
        {
            var biggest = band.Lanes
                .Where(lane => lane.Count > 1 && blocked.Contains(lane.Shape))
                .Where(lane => band.Parked.Count < limits.ParkedShapesMax || band.Parked.ContainsKey(lane.Shape))
                .MaxBy(lane => lane.Bytes);
            if (biggest is null)
            {
                break;
            }

            band.Park(biggest, Math.Min(limits.ParkedHeads, biggest.Count / 2));
        }

        return band.Count < limits.EntriesPerPriority && band.Bytes < limits.BytesPerPriority;
    }

    private RefillRequest Page(ReadyKey from, DateTimeOffset until, PlacementShape? shape)
    {
        var fit = Math.Max(1, limits.BytesPerPriority / 2 / _rowBytes);
        return new RefillRequest(band.Priority, from, shape, (int)Math.Min(fit, limits.PageRows), until);
    }

    /// <summary>Pages are asked for by rows and bounded by bytes, so the size of a row is learned from the last page.</summary>
    private void Weigh(IReadOnlyList<WaitingTask> rows)
    {
        if (rows.Count > 0)
        {
            _rowBytes = rows.Sum(ReadyEntry.BytesOf) / rows.Count;
        }
    }

    /// <summary>The lowest key above this one: the next id, or the next moment after the last id.</summary>
    private static ReadyKey JustAbove(ReadyKey key)
    {
        Span<byte> bytes = stackalloc byte[16];
        key.Id.Value.TryWriteBytes(bytes, bigEndian: true, out _);
        for (var i = bytes.Length - 1; i >= 0; i--)
        {
            if (++bytes[i] != 0)
            {
                return new ReadyKey(key.RunAt, new TaskId(new Guid(bytes, bigEndian: true)));
            }
        }

        return new ReadyKey(key.RunAt.AddTicks(1), default);
    }
}
