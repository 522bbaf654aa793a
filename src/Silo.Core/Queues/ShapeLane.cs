using Silo.Core.Placement;

namespace Silo.Core.Queues;

/// <summary>The tasks in memory of one priority and one shape, in key order: only its head can be the next to place.</summary>
internal sealed class ShapeLane(PriorityBand band, PlacementShape shape, TimeSpan ageingInterval)
{
    private static readonly Comparer<ReadyEntry> ByKey = Comparer<ReadyEntry>.Create(static (left, right) => left.Key.CompareTo(right.Key));

    private readonly SortedDeque<ReadyEntry> _entries = new(ByKey);

    public PriorityBand Band { get; } = band;

    public PlacementShape Shape { get; } = shape;

    /// <summary>The lowest key; null when the lane is empty.</summary>
    public ReadyEntry? Head { get; private set; }

    /// <summary>Of the head, see <see cref="Ageing"/>.</summary>
    public long Score { get; private set; }

    /// <summary>The highest key; null when the lane is empty.</summary>
    public ReadyEntry? Tail => _entries.Last;

    public int Count => _entries.Count;

    public long Bytes { get; private set; }

    public void Add(ReadyEntry entry)
    {
        _entries.Add(entry);
        Bytes += entry.Bytes;
        if (Head is null || entry.Key < Head.Key)
        {
            SetHead(entry);
        }
    }

    public void Remove(ReadyEntry entry)
    {
        _entries.Remove(entry);
        Bytes -= entry.Bytes;
        if (ReferenceEquals(entry, Head))
        {
            SetHead(_entries.First);
        }
    }

    /// <summary>How many have reached their time; keys of one priority go by it, so most lanes are answered for by their tail.</summary>
    public int CountDue(DateTimeOffset now) => Tail is null || Tail.Key.RunAt <= now ? Count : _entries.CountWhile(entry => entry.Key.RunAt <= now);

    private void SetHead(ReadyEntry? head)
    {
        Head = head;
        Score = head is null ? long.MaxValue : Ageing.Score(head.Key.RunAt, Band.Priority, ageingInterval);
    }
}
