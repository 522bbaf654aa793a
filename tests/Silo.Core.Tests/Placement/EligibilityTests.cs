using Silo.Core.Nodes;
using Silo.Core.Placement;
using Silo.Core.Tasks;
using Silo.Core.Tests.Queues;

namespace Silo.Core.Tests.Placement;

public sealed class EligibilityTests
{
    [Fact]
    public void Among_TypeNotThere_LeavesTheNodeOut() =>
        Assert.Equal(["b"], Among(PlacementRule.Anywhere, new Node("a") { Types = new HashSet<string> { "other" } }, new Node("b"), new Node("c") { Types = new HashSet<string>() }));

    [Fact]
    public void Among_DrainingOrDeadNode_IsLeftOut() =>
        Assert.Equal(["b"], Among(PlacementRule.Anywhere, new Node("a") { Accepting = false }, new Node("b")));

    [Fact]
    public void Among_RequiredNode_IsTheOnlyOne() =>
        Assert.Equal(["b"], Among(new PlacementRule { RequiredNode = "b" }, new Node("a"), new Node("b")));

    [Fact]
    public void Among_RequiredNodeNotThere_LeavesNone() =>
        Assert.Empty(Among(new PlacementRule { RequiredNode = "z" }, new Node("a")));

    [Fact]
    public void Among_ExcludedNodes_AreLeftOut() =>
        Assert.Equal(["b"], Among(new PlacementRule { ExcludedNodes = ["c", "a"] }, new Node("a"), new Node("b"), new Node("c")));

    [Fact]
    public void Among_RequiredLabels_MustAllHaveTheirValue()
    {
        var rule = new PlacementRule { RequiredLabels = new Dictionary<string, string> { ["disk"] = "ssd", ["zone"] = "1" } };

        Assert.Equal(
            ["fits"],
            Among(
                rule,
                new Node("bare"),
                new Node("half") { Labels = new Dictionary<string, string> { ["disk"] = "ssd" } },
                new Node("wrong") { Labels = new Dictionary<string, string> { ["disk"] = "ssd", ["zone"] = "2" } },
                new Node("fits") { Labels = new Dictionary<string, string> { ["disk"] = "ssd", ["zone"] = "1", ["more"] = "x" } }));
    }

    [Fact]
    public void Among_PreferredNode_RulesNothingOut() =>
        Assert.Equal(["a", "b"], Among(new PlacementRule { PreferredNode = "b" }, new Node("a"), new Node("b")));

    [Fact]
    public void Among_PrimaryThatFits_KeepsFallbackOut() =>
        Assert.Equal(["b"], Among(PlacementRule.Anywhere, new Node("a") { Tier = NodeTier.Fallback }, new Node("b")));

    [Fact]
    public void Among_OnlyPrimaryDrains_TakesFallback() =>
        Assert.Equal(["a"], Among(PlacementRule.Anywhere, new Node("a") { Tier = NodeTier.Fallback }, new Node("b") { Accepting = false }));

    [Fact]
    public void Among_PrimaryThatCouldNotRunIt_DoesNotKeepFallbackOut() =>
        Assert.Equal(["a"], Among(PlacementRule.Anywhere, new Node("a") { Tier = NodeTier.Fallback }, new Node("b") { Types = new HashSet<string> { "other" } }));

    private static IEnumerable<string> Among(PlacementRule rule, params Node[] nodes)
    {
        var task = Waiting.Task(1);
        var shape = PlacementShape.Of(task with { Spec = task.Spec with { Placement = rule } });
        return Eligibility.Among(shape, nodes).Select(node => node.Name);
    }

    private sealed record Node(string Name) : IEligibleNode
    {
        public IReadOnlySet<string> Types { get; init; } = new HashSet<string> { "echo" };

        public IReadOnlyDictionary<string, string> Labels { get; init; } = new Dictionary<string, string>();

        public NodeTier Tier { get; init; }

        public bool Accepting { get; init; } = true;
    }
}
