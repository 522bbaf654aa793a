using Silo.Contracts.Json;
using Silo.Contracts.Nodes;
using Silo.Core.Engine;

namespace Silo.Gateway.Nodes;

/// <summary>Nodes as the API shows them.</summary>
internal static class NodeShown
{
    public static IReadOnlyList<NodeResponse> All(SchedulerSnapshot snapshot) =>
        [.. snapshot.Nodes.OrderBy(node => node.Registration.Name, StringComparer.Ordinal).Select(Of)];

    public static NodeResponse? Find(SchedulerSnapshot snapshot, string name) =>
        snapshot.Nodes.FirstOrDefault(node => node.Registration.Name == name) is { } found ? Of(found) : null;

    private static NodeResponse Of(NodeSnapshot node) => new()
    {
        Name = node.Registration.Name,
        Incarnation = node.Incarnation,
        Alive = node.Alive,
        Draining = node.Draining,
        Slots = node.Registration.Slots,
        Occupied = node.Occupied,
        Running = node.Running,
        Weight = node.Weight,
        Tier = WireNames.Of(node.Registration.Tier),
        Kind = node.Registration.Kind,
        Types = node.Registration.Types,
        Labels = node.Registration.Labels,
        Load = node.Load is { } load ? new LoadPart(load.CpuPercent, load.MemoryPercent) : null,
        Placed = node.Placed,
        SilenceSeconds = Seconds.Of(node.Silence),
        EndedAt = node.EndedAt,
    };
}
