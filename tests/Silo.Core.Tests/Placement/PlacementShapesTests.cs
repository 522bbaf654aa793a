using Silo.Core.Placement;
using Silo.Core.Tasks;

namespace Silo.Core.Tests.Placement;

public class PlacementShapesTests
{
    [Fact]
    public void Of_TasksThatMayRunAnywhere_IsOneShapeForEachType()
    {
        var shapes = new PlacementShapes();

        Assert.Same(shapes.Of(Task("a")), shapes.Of(Task("a")));
        Assert.NotEqual(shapes.Of(Task("a")), shapes.Of(Task("b")));
    }

    [Fact]
    public void Of_TaskWithARuleOrADeath_IsItsOwnShape()
    {
        var shapes = new PlacementShapes();
        var plain = shapes.Of(Task("a"));

        Assert.NotEqual(plain, shapes.Of(Task("a", new PlacementRule { RequiredNode = "one" })));
        Assert.NotEqual(plain, shapes.Of(Task("a") with { Deaths = 1 }));
        Assert.Equal(PlacementShape.Of(Task("a")), plain);
    }

    private static WaitingTask Task(string type, PlacementRule? rule = null) =>
        new() { Spec = new TaskSpec { Id = new TaskId(Guid.NewGuid()), Type = type, Queue = "q", RunAt = DateTimeOffset.UnixEpoch, Placement = rule ?? PlacementRule.Anywhere } };
}
