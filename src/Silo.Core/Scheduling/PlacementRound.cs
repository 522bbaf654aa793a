using Microsoft.Extensions.Logging;
using Silo.Core.Engine;
using Silo.Core.Placement;
using Silo.Core.Queues;
using Silo.Core.Tasks;

namespace Silo.Core.Scheduling;

/// <summary>One pass of decisions: ready tasks to nodes with room, queue by queue in turn, until nothing more fits. Pure.</summary>
internal sealed partial class PlacementRound(SchedulerBoard board, TimeProvider time, ILogger logger)
{
    private readonly List<QueueState> _queues = [];
    private readonly Dictionary<PlacementShape, IReadOnlyList<NodeState>> _eligible = [];
    private readonly List<NodeState> _candidates = [];
    private readonly List<PlacementCandidate> _seen = [];
    private int _turn;
    private long _dispatches;

    /// <summary>Places what can be placed now.</summary>
    /// <param name="now">A time that the store's clock has surely reached: nothing starts before its due time.</param>
    /// <param name="epoch">The scheduler's authority; part of every dispatch's name.</param>
    /// <returns>What was placed; the commands wait in the nodes' outboxes.</returns>
    public List<Assignment> Run(DateTimeOffset now, long epoch)
    {
        var placed = new List<Assignment>();
        var sentAt = time.GetTimestamp();
        _queues.Clear();
        _eligible.Clear();
        foreach (var queue in board.Queues.Values)
        {
            queue.Blocked.Clear();
            if (queue.MayStart && queue.Window.Count > 0)
                _queues.Add(queue);
        }

        // One task of each queue in turn, so that no queue waits for the whole of another; who begins moves on.
        while (_queues.Count > 0)
        {
            var index = _turn++ % _queues.Count;
            var queue = _queues[index];
            if (!queue.MayStart || queue.Window.Next(now, queue.Blocked) is not { } candidate)
            {
                _queues.RemoveAt(index);
                continue;
            }

            if (Choose(queue, candidate) is not { } node)
            {
                queue.Blocked.Add(candidate.Shape);
                continue;
            }

            placed.Add(Send(queue.Window.Take(candidate.Task.Spec.Id), node, epoch, sentAt));
        }

        return placed;
    }

    private NodeState? Choose(QueueState queue, ReadyCandidate candidate)
    {
        var expected = board.Durations.Of(candidate.Task.Spec.Type);
        if (!_eligible.TryGetValue(candidate.Shape, out var eligible))
            _eligible.Add(candidate.Shape, eligible = Eligibility.Among(candidate.Shape, board.Nodes.Values));
        _candidates.Clear();
        _seen.Clear();
        foreach (var node in eligible)
        {
            if (!node.HasRoom(expected) || !node.Admits(candidate.Task.Deaths))
                continue;
            _candidates.Add(node);
            _seen.Add(new PlacementCandidate(node.Name, node.Slots, node.Occupied, node.Weight));
        }

        return _candidates.Count == 0 ? null : Ask(queue, candidate.Shape);
    }

    /// <summary>A strategy may be anybody's code: one that throws stops its own queue, not the scheduler.</summary>
    private NodeState? Ask(QueueState queue, PlacementShape shape)
    {
        try
        {
            return _candidates[queue.Placer.Choose(shape, _seen)];
        }
        catch (Exception failure)
        {
            queue.Broken = true;
            LogStrategyBroke(logger, failure, queue.Settings.Strategy, queue.Settings.Name);
            return null;
        }
    }

    private Assignment Send(WaitingTask task, NodeState node, long epoch, long sentAt)
    {
        var spec = task.Spec;
        var assignment = new Assignment
        {
            Id = spec.Id,
            Attempt = task.Attempt,
            Dispatch = DispatchNumber.Of(epoch, ++_dispatches),
            Queue = spec.Queue,
            Type = spec.Type,
            Node = node,
            Expected = board.Durations.Of(spec.Type),
            SentAt = sentAt,
        };
        assignment.Learn(task);
        var storeStart = task.Deaths > 0 || board.Suspects.Contains(spec.Id) || board.CautiousStarts-- > 0;
        board.Assign(assignment);
        node.Outbox.Dispatch(new TaskDispatch
        {
            Id = spec.Id,
            Attempt = task.Attempt,
            Dispatch = assignment.Dispatch,
            Type = spec.Type,
            Queue = spec.Queue,
            Priority = spec.Priority,
            RunAt = spec.RunAt,
            Timeout = spec.Timeout,
            Retry = spec.Retry,
            Payload = spec.Payload,
            IdempotencyKey = spec.IdempotencyKey,
            StoreStart = storeStart,
        });
        return assignment;
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "Placement strategy {Strategy} broke: queue {Queue} starts nothing until it is set to a strategy again.")]
    private static partial void LogStrategyBroke(ILogger logger, Exception failure, string strategy, string queue);
}
