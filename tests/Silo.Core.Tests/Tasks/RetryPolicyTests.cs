using Silo.Core.Engine;
using Silo.Core.Tasks;

namespace Silo.Core.Tests.Tasks;

public sealed class RetryPolicyTests
{
    private static readonly RetryPolicy Plain = new() { Jitter = 0 };

    [Theory]
    [InlineData(1, 1)]
    [InlineData(2, 2)]
    [InlineData(3, 4)]
    [InlineData(9, 256)]
    [InlineData(10, 300)]
    [InlineData(TaskLimits.AttemptsMaxMax, 300)]
    [InlineData(int.MaxValue, 300)]
    public void DelayAfter_WithoutJitter_DoublesUpToTheCap(int attempt, int seconds) =>
        Assert.Equal(TimeSpan.FromSeconds(seconds), Plain.DelayAfter(attempt, new FixedRandom(0.5)));

    [Theory]
    [InlineData(0.0, 10_000)]
    [InlineData(0.5, 9_000)]
    [InlineData(0.9999999, 8_000)]
    public void DelayAfter_WithJitter_ShortensByUpToItsShare(double dice, int milliseconds)
    {
        var policy = new RetryPolicy { BackoffInitial = TimeSpan.FromSeconds(10), Jitter = 0.2 };

        Assert.InRange(policy.DelayAfter(1, new FixedRandom(dice)).TotalMilliseconds, milliseconds - 1, milliseconds + 1);
    }

    [Fact]
    public void DelayAfter_AnyDice_StaysInRangeAndWholeMilliseconds()
    {
        var policy = new RetryPolicy { BackoffInitial = TimeSpan.FromMilliseconds(777), BackoffFactor = 3, Jitter = 1 };
        var random = new SeededRandomSource(3);

        for (var attempt = 1; attempt <= 100; attempt++)
        {
            var delay = policy.DelayAfter(attempt, random);
            Assert.InRange(delay, TimeSpan.Zero, policy.BackoffMax);
            Assert.Equal(0, delay.Ticks % TimeSpan.TicksPerMillisecond);
        }
    }

    [Fact]
    public void DelayAfter_NoBackoff_IsZero() =>
        Assert.Equal(TimeSpan.Zero, new RetryPolicy { BackoffInitial = TimeSpan.Zero }.DelayAfter(1, new FixedRandom(0.5)));

    [Fact]
    public void DelayAfter_NoBackoffAndManyAttempts_IsZero() =>
        Assert.Equal(TimeSpan.Zero, new RetryPolicy { BackoffInitial = TimeSpan.Zero }.DelayAfter(5000, new FixedRandom(0.5)));

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    public void DelayAfter_NoSuchAttempt_Throws(int attempt) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => Plain.DelayAfter(attempt, new FixedRandom(0.5)));

    private sealed class FixedRandom(double value) : IRandomSource
    {
        public double NextDouble() => value;

        public int Next(int bound) => (int)(value * bound);
    }
}
