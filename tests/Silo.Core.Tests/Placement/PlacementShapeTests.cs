using Silo.Core.Placement;
using Silo.Core.Tasks;
using Silo.Core.Tests.Queues;

namespace Silo.Core.Tests.Placement;

public sealed class PlacementShapeTests
{
    [Fact]
    public void Of_SameRuleWrittenInAnotherOrder_IsTheSameShape()
    {
        var one = Shape(new PlacementRule
        {
            ExcludedNodes = ["a", "b"],
            RequiredLabels = new Dictionary<string, string> { ["disk"] = "ssd", ["zone"] = "1" },
        });
        var other = Shape(new PlacementRule
        {
            ExcludedNodes = ["b", "a", "b"],
            RequiredLabels = new Dictionary<string, string> { ["zone"] = "1", ["disk"] = "ssd" },
        });

        Assert.Equal(one, other);
        Assert.Equal(one.GetHashCode(), other.GetHashCode());
    }

    [Fact]
    public void Of_EmptyPartsAndNoParts_IsTheSameShape() =>
        Assert.Equal(Shape(PlacementRule.Anywhere), Shape(new PlacementRule { ExcludedNodes = [], RequiredLabels = new Dictionary<string, string>() }));

    [Fact]
    public void Of_AnyPartDifferent_IsAnotherShape()
    {
        PlacementRule[] rules =
        [
            PlacementRule.Anywhere,
            new() { RequiredNode = "a" },
            new() { PreferredNode = "a" },
            new() { ExcludedNodes = ["a"] },
            new() { RequiredLabels = new Dictionary<string, string> { ["a"] = "1" } },
            new() { RequiredLabels = new Dictionary<string, string> { ["a"] = "2" } },
        ];

        Assert.Equal(rules.Length + 1, rules.Select(rule => Shape(rule)).Append(Shape(PlacementRule.Anywhere, type: "other")).Distinct().Count());
    }

    [Fact]
    public void Of_DeathsThatDecideWhereItMayRun_IsAnotherShape()
    {
        var shapes = Enumerable.Range(0, TaskLimits.DeathsMax + 2).Select(deaths => Shape(PlacementRule.Anywhere, deaths: deaths)).ToList();

        Assert.Equal(TaskLimits.DeathsMax, shapes.Distinct().Count());
        Assert.Equal(shapes[TaskLimits.DeathsMax - 1], shapes[^1]);
    }

    private static PlacementShape Shape(PlacementRule rule, string type = "echo", int deaths = 0)
    {
        var task = Waiting.Task(1, type: type);
        return PlacementShape.Of(task with { Deaths = deaths, Spec = task.Spec with { Placement = rule } });
    }
}
