using Silo.Core.Tasks;

namespace Silo.Core.Placement;

/// <summary>Shapes of tasks. Most may run anywhere, and those of one type share one shape, which then equals itself at a glance.</summary>
internal sealed class PlacementShapes
{
    private const int TypesMax = 1024;

    private readonly Dictionary<string, PlacementShape> _byType = new(StringComparer.Ordinal);

    public PlacementShape Of(WaitingTask task)
    {
        if (!PlacementShape.IsByTypeOnly(task))
            return PlacementShape.Of(task);
        if (!_byType.TryGetValue(task.Spec.Type, out var shape))
        {
            if (_byType.Count == TypesMax)
                _byType.Clear();
            _byType.Add(task.Spec.Type, shape = PlacementShape.Of(task));
        }

        return shape;
    }
}
