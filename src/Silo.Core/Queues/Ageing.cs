namespace Silo.Core.Queues;

/// <summary>Priority and waiting in one number.</summary>
/// <remarks>
/// A waiting task gains one point per interval, so two tasks always keep their distance and the order never changes while both wait:
/// it is that of due time minus priority × interval. As priorities span 100 points, waiting makes up for at most 100 points: a
/// task comes before every other that falls due more than 100 intervals after it, whatever their priorities, and no priority starves.
/// </remarks>
internal static class Ageing
{
    /// <summary>The lower comes first; equal ones go by key.</summary>
    /// <returns>Ticks: comparable, meaningless otherwise.</returns>
    public static long Score(DateTimeOffset runAt, int priority, TimeSpan interval) => runAt.UtcTicks - (priority * interval.Ticks);
}
