using Silo.Core.Tasks;

namespace Silo.Core.Tests.Tasks;

public sealed class DueTimeTests
{
    private static readonly DateTimeOffset Whole = new(2026, 3, 1, 12, 0, 0, 250, TimeSpan.FromHours(2));

    [Fact]
    public void Rounding_WholeMillisecond_StaysAsItIs() => Assert.Equal((Whole, Whole), (DueTime.RoundUp(Whole), DueTime.RoundDown(Whole)));

    [Theory]
    [InlineData(1)]
    [InlineData(TimeSpan.TicksPerMillisecond - 1)]
    public void Rounding_Fraction_GoesToTheNeighbours(long ticks)
    {
        var time = Whole.AddTicks(ticks);

        Assert.Equal((Whole.AddMilliseconds(1), Whole), (DueTime.RoundUp(time), DueTime.RoundDown(time)));
    }

    [Fact]
    public void TaskSpec_RunAtWithFraction_HasTheKeyThatItsRowWillHave()
    {
        var spec = new TaskSpec { Id = default, Type = "echo", Queue = "default", RunAt = Whole.AddTicks(1) };
        var moved = spec with { RunAt = Whole.AddTicks(-1) };

        Assert.Equal((Whole.AddMilliseconds(1), Whole), (spec.Key.RunAt, moved.Key.RunAt));
    }
}
