using Microsoft.Extensions.Logging.Abstractions;
using Silo.Benchmarks.Servers;
using Silo.Core.Engine;
using Silo.Core.Nodes;
using Silo.Core.Placement;
using Silo.Core.Scheduling;
using Silo.Core.Tasks;

namespace Silo.Benchmarks.Stages;

/// <summary>The scheduler's decisions alone: tasks arrive, are placed on a node, are freed and recorded.</summary>
internal sealed class DecideStage
{
    private const long Epoch = 1;

    private readonly SchedulerBoard _board = new(new SchedulerOptions(), new PlacementStrategies(PlacementStrategies.BuiltIn), new SystemRandomSource(), TimeProvider.System);
    private readonly PlacementRound _round;
    private readonly NodeState _node;

    public DecideStage(int slots)
    {
        _round = new PlacementRound(_board, TimeProvider.System, NullLogger.Instance);
        _node = new NodeState(new NodeRegistration { Name = BenchServer.Node, Instance = "1", Slots = slots, Types = [EchoHandler.Type] }, incarnation: 1, activation: "1");
        _board.Nodes[_node.Name] = _node;
    }

    public void Run(IReadOnlyList<TaskSpec> tasks)
    {
        foreach (var task in tasks)
        {
            _board.Arrive(new WaitingTask { Spec = task });
        }

        var now = DateTimeOffset.UtcNow.AddSeconds(1);
        while (_round.Run(now, Epoch) is { Count: > 0 } placed)
        {
            while (_node.Outbox.Next(Epoch, _node.Fence) is { } commands)
            {
                _node.Outbox.Acknowledge(commands);
            }

            Report(placed.ConvertAll(static sent => new FreedTask(sent.Id, sent.Dispatch, TimeSpan.Zero)), []);
            Report([], placed.ConvertAll(static sent => new RecordedOutcome(sent.Id, sent.Attempt, OutcomeAnswer.Recorded, StoredState.Succeeded, default)));
        }
    }

    private void Report(List<FreedTask> freed, List<RecordedOutcome> recorded) => _board.ApplyReport(
        _node, new NodeReport { Fence = _node.Fence, Epoch = Epoch, Activation = _node.Outbox.Activation, Number = ++_node.LastReport, Freed = freed, Recorded = recorded });
}
