using Silo.Core.Placement;

namespace Silo.Core.Tests.Placement;

public sealed class StrategyTests
{
    [Fact]
    public void LeastTasks_OneHasFewer_ChoosesIt() =>
        Assert.Equal(1, Placer("least-tasks").Choose([Node("a", occupied: 3), Node("b", occupied: 1), Node("c", occupied: 2)]));

    [Fact]
    public void LeastTasks_AllEqual_ChoosesTheOneChosenLongestAgo()
    {
        var placer = Placer("least-tasks");
        PlacementCandidate[] three = [Node("a"), Node("b"), Node("c")];

        Assert.Equal(["a", "b", "c", "a"], Choices(placer, three, 4));
        Assert.Equal(["b"], Choices(placer, [three[0], three[1]], 1));
        Assert.Equal(["c"], Choices(placer, three, 1));
    }

    [Fact]
    public void Weighted_FiveOneOne_InterleavesSmoothly() =>
        Assert.Equal(["a", "a", "b", "a", "c", "a", "a"], Choices(Placer("weighted"), [Node("a", weight: 5), Node("b", weight: 1), Node("c", weight: 1)], 7));

    [Fact]
    public void Weighted_OneTwoThree_SharesExactlyByWeight()
    {
        var shares = Choices(Placer("weighted"), [Node("a", weight: 1), Node("b", weight: 2), Node("c", weight: 3)], 600).CountBy(name => name).ToDictionary();

        Assert.Equal((100, 200, 300), (shares["a"], shares["b"], shares["c"]));
    }

    [Fact]
    public void Weighted_WeightsChange_SharesFollow()
    {
        var placer = Placer("weighted");
        _ = Choices(placer, [Node("a", weight: 90), Node("b", weight: 10)], 57);

        var shares = Choices(placer, [Node("a", weight: 10), Node("b", weight: 30)], 400).CountBy(name => name).ToDictionary();

        Assert.InRange(shares["a"], 90, 110);
    }

    [Fact]
    public void Weighted_AloneForAWhile_PilesUpNoDebt()
    {
        var placer = Placer("weighted");
        PlacementCandidate[] two = [Node("a", weight: 1), Node("b", weight: 1)];
        _ = Choices(placer, [two[0]], 1000);

        Assert.InRange(Choices(placer, two, 100).Count(name => name == "b"), 49, 51);
    }

    [Fact]
    public void RoundRobin_ListStaysTheSame_GoesByNameAndStartsOver() =>
        Assert.Equal(["a", "b", "c", "a"], Choices(Placer("round-robin"), [Node("a"), Node("b"), Node("c")], 4));

    [Fact]
    public void RoundRobin_ListChanges_GoesOnAfterTheLastName()
    {
        var placer = Placer("round-robin");
        Assert.Equal(["a", "b"], Choices(placer, [Node("a"), Node("b"), Node("c")], 2));

        Assert.Equal(["c"], Choices(placer, [Node("a"), Node("c"), Node("d")], 1));
        Assert.Equal(["d"], Choices(placer, [Node("a"), Node("b"), Node("d")], 1));
        Assert.Equal(["a"], Choices(placer, [Node("a"), Node("b")], 1));
    }

    [Fact]
    public void Random_SameSeed_ChoosesTheSame()
    {
        PlacementCandidate[] three = [Node("a"), Node("b"), Node("c")];

        var first = Choices(Placer("random", seed: 7), three, 300);

        Assert.Equal(first, Choices(Placer("random", seed: 7), three, 300));
        Assert.NotEqual(first, Choices(Placer("random", seed: 8), three, 300));
        Assert.All(first.CountBy(name => name), share => Assert.InRange(share.Value, 70, 130));
    }

    [Fact]
    public void PerNode_MoreNodesThanRemembered_StartsAfresh()
    {
        var remembered = new PerNode<int>();
        for (var i = 1; i <= PerNode<int>.NodesMax; i++)
        {
            remembered[$"node-{i}"] = i;
        }

        Assert.Equal(1, remembered["node-1"]);
        remembered["one-more"] = 9;
        Assert.Equal((0, 9), (remembered["node-1"], remembered["one-more"]));
    }

    private static IPlacer Placer(string name, int seed = 1) =>
        PlacementStrategies.BuiltIn.Single(strategy => strategy.Name == name).NewPlacer(new SeededRandomSource(seed));

    private static List<string> Choices(IPlacer placer, IReadOnlyList<PlacementCandidate> candidates, int count) =>
        [.. Enumerable.Range(0, count).Select(_ => candidates[placer.Choose(candidates)].Name)];

    private static PlacementCandidate Node(string name, int occupied = 0, double weight = 50) => new(name, 10, occupied, weight);
}
