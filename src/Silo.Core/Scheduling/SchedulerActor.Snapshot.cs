using Silo.Core.Engine;

namespace Silo.Core.Scheduling;

/// <content>What people and gateways are shown.</content>
public sealed partial class SchedulerActor
{
    public Task<LocateReply> LocateAsync(LocateTasks request)
    {
        var found = new List<TaskLocation>(request.Ids.Count);
        foreach (var id in request.Ids)
            if (_board.Assignments.TryGetValue(id, out var sent))
                found.Add(new TaskLocation(id, sent.Node.Name, sent.Attempt));
        return Task.FromResult(new LocateReply(found));
    }

    public Task<SchedulerSnapshot> ReadSnapshotAsync(ReadSnapshot request) => Task.FromResult(new SchedulerSnapshot
    {
        Epoch = _epoch,
        TakingOver = !_acting,
        Queues = [.. _board.Queues.Values.OrderBy(static queue => queue.Settings.Name, StringComparer.Ordinal)
            .Select(Show)],
        Nodes = [.. _known.Values.OrderBy(static record => record.Registration.Name, StringComparer.Ordinal).Select(Show)],
        Strategies = _ports.Strategies.Names,
    });

    private QueueSnapshot Show(QueueState queue) => new(queue.Settings, queue.Window.Count, queue.OnNodes, queue.Window.MoreInStore)
    {
        Ready = queue.Window.CountDue(_ports.Clock.LowerBound),
    };

    private NodeSnapshot Show(Storage.NodeRecord record)
    {
        _board.Nodes.TryGetValue(record.Registration.Name, out var node);
        return new NodeSnapshot
        {
            Registration = record.Registration,
            Incarnation = record.Incarnation,
            Alive = node is not null,
            Draining = node?.Draining ?? record.Draining,
            Occupied = node?.Occupied ?? 0,
            Running = node?.Running ?? 0,
            Load = node?.Load,
            Weight = node?.Weight ?? record.Registration.Weight ?? Nodes.NodeLoad.WeightUnknown,
            Placed = node?.Placed ?? 0,
            Silence = node?.Silence ?? TimeSpan.Zero,
            EndedAt = record.EndedAt,
        };
    }
}
