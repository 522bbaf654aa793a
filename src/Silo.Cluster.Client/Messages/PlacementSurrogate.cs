using Silo.Core.Tasks;

namespace Silo.Cluster.Client.Messages;

/// <summary>A <see cref="PlacementRule"/> on the wire.</summary>
[GenerateSerializer, Immutable]
internal readonly record struct PlacementSurrogate(
    [property: Id(0)] string? RequiredNode,
    [property: Id(1)] string? PreferredNode,
    [property: Id(2)] string[]? ExcludedNodes,
    [property: Id(3)] Dictionary<string, string>? RequiredLabels)
{
    /// <summary>Null for anywhere, which nearly every task may run.</summary>
    public static PlacementSurrogate? Of(PlacementRule rule) => rule == PlacementRule.Anywhere
        ? null
        : new PlacementSurrogate(rule.RequiredNode, rule.PreferredNode, rule.ExcludedNodes?.ToArray(), rule.RequiredLabels?.ToDictionary());

    public static PlacementRule RuleOf(PlacementSurrogate? surrogate) => surrogate is not { } own ? PlacementRule.Anywhere : new PlacementRule
    {
        RequiredNode = own.RequiredNode,
        PreferredNode = own.PreferredNode,
        ExcludedNodes = own.ExcludedNodes,
        RequiredLabels = own.RequiredLabels,
    };
}
