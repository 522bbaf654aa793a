using Microsoft.Extensions.DependencyInjection;
using Silo.Core.Engine;
using Silo.Core.Placement;
using Silo.Core.Queues;
using Silo.Core.Tasks;
using Silo.Core.Tests.Queues;
using Silo.Examples;

namespace Silo.Core.Tests.Placement;

public sealed class PlacementStrategiesTests
{
    [Fact]
    public void Names_BuiltIn_AreTheFourAndHoldTheDefault()
    {
        var strategies = new PlacementStrategies(PlacementStrategies.BuiltIn);

        Assert.Equal(["least-tasks", "random", "round-robin", "weighted"], strategies.Names);
        Assert.True(strategies.Contains(QueueSettings.StrategyDefault));
    }

    [Fact]
    public void Constructor_BadAndDoubleNames_ReportsAllAtOnce()
    {
        var error = Assert.Throws<ArgumentException>(
            () => new PlacementStrategies([new Named("Bad Name"), new Named("twice"), new Named("twice"), new Named("")]));

        Assert.Contains("'Bad Name'", error.Message, StringComparison.Ordinal);
        Assert.Contains("'twice'", error.Message, StringComparison.Ordinal);
        Assert.Contains("''", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void ProblemsOf_QueuesWithUnknownStrategies_NamesEachAndTheChoice()
    {
        var strategies = new PlacementStrategies(PlacementStrategies.BuiltIn);

        var problems = strategies.ProblemsOf(
        [
            new QueueSettings { Name = "good", Strategy = "weighted" },
            new QueueSettings { Name = "one", Strategy = "fastest" },
            new QueueSettings { Name = "two", Strategy = "Weighted" },
        ]);

        Assert.Equal(2, problems.Count);
        Assert.Contains("'one'", problems[0], StringComparison.Ordinal);
        Assert.Contains("'fastest'", problems[0], StringComparison.Ordinal);
        Assert.Contains("round-robin", problems[1], StringComparison.Ordinal);
    }

    [Fact]
    public void NewPlacer_UnknownName_Throws() =>
        Assert.Throws<ArgumentException>(() => new PlacementStrategies(PlacementStrategies.BuiltIn).NewPlacer("fastest", new SeededRandomSource(1)));

    [Fact]
    public void AddPlacementStrategy_CustomOne_IsChosenByName()
    {
        using var services = new ServiceCollection().AddPlacement().AddPlacementStrategy<MostFreeSlotsStrategy>().AddPlacementStrategy<MostFreeSlotsStrategy>().BuildServiceProvider();
        var strategies = services.GetRequiredService<PlacementStrategies>();

        var placer = strategies.NewPlacer("most-free-slots", new SeededRandomSource(1));

        Assert.Equal(5, strategies.Names.Count);
        Assert.Equal(1, placer.Choose(Shape(), [new("a", 4, 0, 50), new("b", 16, 8, 50), new("c", 8, 1, 50)]));
    }

    [Fact]
    public void QueuePlacer_PreferredNodeIsACandidate_TakesItBeforeTheStrategy()
    {
        var placer = new QueuePlacer("first", new Fixed(0));

        Assert.Equal(2, placer.Choose(Shape("c"), [new("a", 1, 0, 1), new("b", 1, 0, 1), new("c", 1, 0, 1)]));
        Assert.Equal(0, placer.Choose(Shape("z"), [new("a", 1, 0, 1), new("b", 1, 0, 1)]));
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(1)]
    public void QueuePlacer_StrategyChoosesNoCandidate_NamesTheStrategy(int chosen)
    {
        var error = Assert.Throws<InvalidOperationException>(() => new QueuePlacer("broken", new Fixed(chosen)).Choose(Shape(), [new("a", 1, 0, 1)]));

        Assert.Contains("'broken'", error.Message, StringComparison.Ordinal);
    }

    private static PlacementShape Shape(string? preferred = null)
    {
        var task = Waiting.Task(1);
        return PlacementShape.Of(task with { Spec = task.Spec with { Placement = new PlacementRule { PreferredNode = preferred } } });
    }

    private sealed class Named(string name) : IPlacementStrategy
    {
        public string Name { get; } = name;

        public IPlacer NewPlacer(IRandomSource random) => new Fixed(0);
    }

    private sealed class Fixed(int chosen) : IPlacer
    {
        public int Choose(IReadOnlyList<PlacementCandidate> candidates) => chosen;
    }
}
