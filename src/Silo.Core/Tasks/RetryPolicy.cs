using Silo.Core.Engine;

namespace Silo.Core.Tasks;

/// <summary>How often and how soon a failed attempt is repeated: exponential backoff with jitter.</summary>
public sealed record RetryPolicy
{
    public static readonly RetryPolicy Default = new();

    /// <summary>Attempts in all, the first included. Default 3.</summary>
    public int AttemptsMax { get; init; } = 3;

    /// <summary>Wait after the first failed attempt. Default 1 s.</summary>
    public TimeSpan BackoffInitial { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>Each further wait is this many times the last. Default 2.</summary>
    public double BackoffFactor { get; init; } = 2;

    /// <summary>No wait is longer. Default 5 minutes.</summary>
    public TimeSpan BackoffMax { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>Share of the wait that is random, 0 to 1: a wait of w becomes w × (1 − jitter … 1). Default 0.2.</summary>
    public double Jitter { get; init; } = 0.2;

    /// <summary>The wait after <paramref name="attempt"/> (1-based) has failed.</summary>
    public TimeSpan DelayAfter(int attempt, IRandomSource random)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(attempt, 1);
        // Bounded, because an infinite power of no wait at all would not be a number.
        var power = Math.Min(Math.Pow(BackoffFactor, attempt - 1), double.MaxValue);
        var grown = BackoffInitial.TotalMilliseconds * power;
        var capped = Math.Min(grown, BackoffMax.TotalMilliseconds);
        return TimeSpan.FromMilliseconds(Math.Floor(capped * (1 - (Jitter * random.NextDouble()))));
    }
}
