using Silo.Core.Tasks;

namespace Silo.Storage.Postgres.Rows;

/// <summary>What a null in a task's row stands for. These are part of the stored form: they stay as they are, whatever the program's own defaults become.</summary>
internal static class TaskDefaults
{
    public const double BackoffFactor = 2;
    public const double Jitter = 0.2;

    public static readonly TimeSpan Timeout = TimeSpan.FromHours(1);
    public static readonly TimeSpan BackoffInitial = TimeSpan.FromSeconds(1);
    public static readonly TimeSpan BackoffMax = TimeSpan.FromMinutes(5);

    public static long? Stored(TimeSpan value, TimeSpan standard) => value == standard ? null : (long)value.TotalMilliseconds;

    public static double? Stored(double value, double standard) => value.Equals(standard) ? null : value;

    public static TimeSpan Read(long? milliseconds, TimeSpan standard) => milliseconds is { } value ? TimeSpan.FromMilliseconds(value) : standard;

    public static RetryPolicy ReadRetry(int attemptsMax, long? initial, double? factor, long? max, double? jitter) => new()
    {
        AttemptsMax = attemptsMax,
        BackoffInitial = Read(initial, BackoffInitial),
        BackoffFactor = factor ?? BackoffFactor,
        BackoffMax = Read(max, BackoffMax),
        Jitter = jitter ?? Jitter,
    };
}
