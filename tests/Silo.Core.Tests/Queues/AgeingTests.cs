using Silo.Core.Queues;
using Silo.Core.Tasks;

namespace Silo.Core.Tests.Queues;

public sealed class AgeingTests
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(6);

    [Fact]
    public void Score_LowestPriorityOneHundredIntervalsOlder_EqualsTheHighest()
    {
        var fresh = Score(0, TaskLimits.PriorityMax);

        Assert.Equal(fresh, Score(-600, TaskLimits.PriorityMin));
        Assert.True(Score(-600.001, TaskLimits.PriorityMin) < fresh);
        Assert.True(Score(-599.999, TaskLimits.PriorityMin) > fresh);
    }

    [Fact]
    public void Score_EarliestDueTimeThereIs_DoesNotOverflow() =>
        Assert.True(Ageing.Score(ReadyKey.Lowest.RunAt, TaskLimits.PriorityMax, Interval) < Ageing.Score(ReadyKey.Highest.RunAt, TaskLimits.PriorityMin, Interval));

    private static long Score(double dueSeconds, int priority) => Ageing.Score(Waiting.Start.AddSeconds(dueSeconds), priority, Interval);
}
