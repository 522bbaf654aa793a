namespace Silo.Core.Queues;

/// <summary>How much of a queue's waiting tasks the scheduler keeps in memory, and how fast waiting counts.</summary>
internal sealed record ReadyWindowLimits
{
    public static readonly ReadyWindowLimits Default = new();

    /// <summary>Waiting tasks in memory per queue and priority, at least 1; the largest keys are evicted to the store, and cost another read. Default 16,384.</summary>
    public int EntriesPerPriority { get; init; } = 16_384;

    /// <summary>Their size in bytes, payloads included; one task is kept whatever its size. Default 12 MiB.</summary>
    public long BytesPerPriority { get; init; } = 12 * 1024 * 1024;

    /// <summary>Shapes of one priority that may have a watermark of their own. When as many others fill the memory too, this priority waits for one of them. Default 64.</summary>
    public int ParkedShapesMax { get; init; } = 64;

    /// <summary>Tasks that a parked shape keeps in memory, at most. Default 64.</summary>
    public int ParkedHeads { get; init; } = 64;

    /// <summary>Rows of one page read from the store, at most; fewer when the rows are large. Default 512.</summary>
    public int PageRows { get; init; } = 512;

    /// <summary>Tasks that are due later than this from now are left in the store; those that arrive stay in memory while there is room. Default 10 s.</summary>
    public TimeSpan ReadAhead { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Ids that may leave memory while one page is read; when more do, the page is thrown away and read again. Default 65,536.</summary>
    public int LeftDuringReadMax { get; init; } = 65_536;

    /// <summary>Waiting this long counts as one point of priority. Default 6 s.</summary>
    public TimeSpan AgeingInterval { get; init; } = TimeSpan.FromSeconds(6);

    /// <summary>Below this many tasks that could be placed, a priority is refilled.</summary>
    internal int LowWater => Math.Max(1, EntriesPerPriority / 2);

    /// <summary>Below this many, a parked shape is refilled; also the room that is made before a page is read.</summary>
    internal int Quarter => Math.Max(1, EntriesPerPriority / 4);
}
