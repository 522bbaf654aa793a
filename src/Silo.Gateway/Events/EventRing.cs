namespace Silo.Gateway.Events;

/// <summary>The last events, under consecutive numbers, bounded in number and in bytes: the oldest make room. Not safe from several threads.</summary>
internal sealed class EventRing
{
    public const int EventsMax = 16 * 1024;

    /// <summary>Memory that they take at most, a single larger one aside: 8 MiB.</summary>
    public const long BytesMax = 8 * 1024 * 1024;

    private readonly EventEntry?[] _kept = new EventEntry?[EventsMax];
    private long _bytes;

    /// <summary>Number of the oldest event that is kept.</summary>
    public long First { get; private set; }

    /// <summary>Number of the next event.</summary>
    public long Next { get; private set; }

    public EventEntry this[long number] => _kept[number % EventsMax]!;

    public void Add(EventEntry happened)
    {
        if (Next - First == EventsMax)
            DropFirst();
        _kept[Next++ % EventsMax] = happened;
        _bytes += happened.Bytes;
        while (_bytes > BytesMax && Next - First > 1)
            DropFirst();
    }

    /// <summary>Events before the next one are gone: no place before it is complete any more.</summary>
    public void Interrupt()
    {
        while (First < Next)
            DropFirst();
        First = ++Next;
    }

    private void DropFirst()
    {
        ref var oldest = ref _kept[First++ % EventsMax];
        _bytes -= oldest!.Bytes;
        oldest = null;
    }
}
