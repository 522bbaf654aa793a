namespace Silo.Contracts.Json;

/// <summary>Durations at the wire are seconds, with fractions; inside they are <see cref="TimeSpan"/>. Exact to the tick both ways for up to 28 years.</summary>
public static class Seconds
{
    public static double Of(TimeSpan duration) => duration.Ticks / (double)TimeSpan.TicksPerSecond;

    /// <exception cref="OverflowException">Not finite, or longer than a duration can be.</exception>
    public static TimeSpan ToDuration(double seconds) => new(checked((long)Math.Round(seconds * TimeSpan.TicksPerSecond)));
}
