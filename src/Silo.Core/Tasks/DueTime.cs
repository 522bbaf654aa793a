namespace Silo.Core.Tasks;

/// <summary>Due times are whole milliseconds, in memory as in the stores: a task whose key in memory is not the key of its row could stand on the wrong side of a watermark.</summary>
internal static class DueTime
{
    /// <summary>The first whole millisecond that is not before <paramref name="time"/>: a task may start at its due time and not before its wait is over.</summary>
    public static DateTimeOffset RoundUp(DateTimeOffset time)
    {
        var down = RoundDown(time);
        return down == time ? time : down.AddTicks(TimeSpan.TicksPerMillisecond);
    }

    public static DateTimeOffset RoundDown(DateTimeOffset time) => time.AddTicks(-(time.Ticks % TimeSpan.TicksPerMillisecond));
}
