using Silo.Core.Tasks;

namespace Silo.Core.Placement;

/// <summary>Everything of a task that decides which nodes may run it: tasks of one shape are placed alike, and wait alike.</summary>
/// <remarks>A value: equal shapes of different tasks are equal, and the hash is computed once, because shapes are looked up at every placement.</remarks>
internal sealed class PlacementShape : IEquatable<PlacementShape>
{
    private readonly int _hash;

    private PlacementShape(WaitingTask task)
    {
        var rule = task.Spec.Placement;
        Type = task.Spec.Type;
        RequiredNode = rule.RequiredNode;
        PreferredNode = rule.PreferredNode;
        ExcludedNodes = Sorted(rule.ExcludedNodes);
        RequiredLabels = Sorted(rule.RequiredLabels);
        Deaths = Math.Min(task.Deaths, TaskLimits.DeathsMax - 1);
        _hash = Hash();
    }

    public string Type { get; }

    public string? RequiredNode { get; }

    public string? PreferredNode { get; }

    /// <summary>In ordinal order, without doubles.</summary>
    public IReadOnlyList<string> ExcludedNodes { get; }

    /// <summary>In ordinal order of the keys.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> RequiredLabels { get; }

    /// <summary>Node deaths under its stored starts, as far as they decide where it may run: one that another death convicts needs a node without other suspects,
    /// and a suspect one without such. Shapes of their own, lest their wait holds up tasks that are above suspicion.</summary>
    public int Deaths { get; }

    public static PlacementShape Of(WaitingTask task) => new(task);

    /// <summary>Whether nothing but its type decides where the task may run.</summary>
    public static bool IsByTypeOnly(WaitingTask task) => ReferenceEquals(task.Spec.Placement, PlacementRule.Anywhere) && task.Deaths == 0;

    public bool Equals(PlacementShape? other) =>
        ReferenceEquals(this, other)
        || (other is not null
            && _hash == other._hash
            && Type == other.Type
            && RequiredNode == other.RequiredNode
            && PreferredNode == other.PreferredNode
            && Deaths == other.Deaths
            && ExcludedNodes.SequenceEqual(other.ExcludedNodes)
            && RequiredLabels.SequenceEqual(other.RequiredLabels));

    public override bool Equals(object? obj) => Equals(obj as PlacementShape);

    public override int GetHashCode() => _hash;

    private int Hash()
    {
        var hash = default(HashCode);
        hash.Add(Type);
        hash.Add(RequiredNode);
        hash.Add(PreferredNode);
        hash.Add(Deaths);
        foreach (var node in ExcludedNodes)
        {
            hash.Add(node);
        }

        foreach (var (key, value) in RequiredLabels)
        {
            hash.Add(key);
            hash.Add(value);
        }

        return hash.ToHashCode();
    }

    private static IReadOnlyList<string> Sorted(IReadOnlyList<string>? nodes) =>
        nodes is null or { Count: 0 } ? [] : [.. nodes.Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)];

    private static IReadOnlyList<KeyValuePair<string, string>> Sorted(IReadOnlyDictionary<string, string>? labels) =>
        labels is null or { Count: 0 } ? [] : [.. labels.OrderBy(label => label.Key, StringComparer.Ordinal)];
}
