using Microsoft.Extensions.Logging.Abstractions;
using Silo.Core.Engine;
using Silo.Core.Nodes;
using Silo.Core.Placement;
using Silo.Core.Queues;
using Silo.Core.Scheduling;
using Silo.Core.Tasks;
using Silo.Testing;

namespace Silo.Core.Tests.Scheduling;

/// <summary>A scheduler's board with nodes and tasks made in one line each.</summary>
internal sealed class BoardFixture
{
    private int _made;

    public BoardFixture()
    {
        Board = new SchedulerBoard(Options, new PlacementStrategies(PlacementStrategies.BuiltIn), new SeededRandomSource(1), Time);
        Round = new PlacementRound(Board, Time, NullLogger.Instance);
    }

    public ManualTimeProvider Time { get; } = new();

    public SchedulerOptions Options { get; } = new();

    public SchedulerBoard Board { get; }

    public PlacementRound Round { get; }

    public DateTimeOffset Now => Time.GetUtcNow();

    public NodeState AddNode(string name, int slots = 1, long incarnation = 1)
    {
        var registration = new NodeRegistration { Name = name, Instance = name + incarnation, Slots = slots, Types = ["echo"] };
        var node = new NodeState(registration, incarnation, "life-1");
        Board.Nodes[name] = node;
        return node;
    }

    public WaitingTask Task(string queue = QueueSettings.DefaultName, int priority = 50, int deaths = 0, TimeSpan delay = default)
    {
        var spec = new TaskSpec { Id = NewId(), Type = "echo", Queue = queue, Priority = priority, RunAt = Now + delay };
        return new WaitingTask { Spec = spec, Deaths = deaths };
    }

    public WaitingTask Arrive(string queue = QueueSettings.DefaultName, int priority = 50, int deaths = 0, TimeSpan delay = default)
    {
        var task = Task(queue, priority, deaths, delay);
        Board.Arrive(task);
        return task;
    }

    public List<Assignment> Place() => Round.Run(Now, epoch: 1);

    /// <summary>Places, and lets every node acknowledge what it is sent.</summary>
    public List<Assignment> PlaceAndDeliver()
    {
        var placed = Place();
        foreach (var node in Board.Nodes.Values)
            if (node.Outbox.Next(1, node.Fence) is { } commands)
                node.Outbox.Acknowledge(commands);
        return placed;
    }

    public static NodeReport Report(NodeState node, Assignment? freed = null, RecordedOutcome? recorded = null, Assignment? returned = null, TimeSpan ran = default) => new()
    {
        Fence = node.Fence,
        Epoch = 1,
        Activation = node.Outbox.Activation,
        Number = node.LastReport + 1,
        Freed = freed is null ? [] : [new FreedTask(freed.Id, freed.Dispatch, ran)],
        Recorded = recorded is null ? [] : [recorded.Value],
        Returned = returned is null ? [] : [new HeldAttempt(returned.Id, returned.Attempt, returned.Dispatch)],
    };

    /// <summary>Ids in order of making, young by the board's clock.</summary>
    private TaskId NewId() => new(new Guid($"{Now.ToUnixTimeMilliseconds():x12}7000{++_made:x16}"[..32]));
}
