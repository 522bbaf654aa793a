using Silo.Core.Nodes;
using Silo.Core.Placement;
using Silo.Core.Tasks;

namespace Silo.Core.Scheduling;

/// <summary>One living incarnation of a node, as its scheduler sees it.</summary>
internal sealed class NodeState : IEligibleNode
{
    private readonly HashSet<string> _types;
    private readonly Dictionary<string, string> _labels;

    public NodeState(NodeRegistration registration, long incarnation, string activation)
    {
        (Registration, Fence) = (registration, new NodeFence(registration.Name, incarnation));
        _types = [.. registration.Types];
        _labels = registration.Labels is null ? [] : new Dictionary<string, string>(registration.Labels);
        Outbox = new NodeOutbox(activation, lastNumber: 0);
    }

    public NodeRegistration Registration { get; }

    public NodeFence Fence { get; }

    public string Name => Fence.Node;

    public IReadOnlySet<string> Types => _types;

    public IReadOnlyDictionary<string, string> Labels => _labels;

    public NodeTier Tier => Registration.Tier;

    public int Slots => Registration.Slots;

    /// <summary>An operator's drain.</summary>
    public bool Draining { get; set; }

    /// <summary>The worker goes.</summary>
    public bool Leaving { get; set; }

    /// <summary>Its fence is being written; whatever it says from now on is too late.</summary>
    public bool Fencing { get; set; }

    /// <summary>After a takeover: what it holds is not known yet.</summary>
    public bool Awaited { get; set; }

    public bool Accepting => !Draining && !Leaving && !Fencing && !Awaited;

    public NodeLoad? Load { get; set; }

    public int Running { get; set; }

    /// <summary>Silence that counts, see <see cref="NodeWatch"/>.</summary>
    public TimeSpan Silence { get; set; }

    /// <summary>Tasks sent there and not yet freed.</summary>
    public int Occupied { get; private set; }

    /// <summary>The time that the occupied tasks should take, by the estimates at their sending.</summary>
    public TimeSpan ExpectedWork { get; private set; }

    /// <summary>Everything that it holds, the unrecorded included.</summary>
    public HeldDigest Held { get; private set; }

    /// <summary>Tasks that brought two nodes down: at most one may be here at a time, and no other suspect beside it.</summary>
    public int Convicts { get; private set; }

    public int Suspects { get; private set; }

    public long Placed { get; set; }

    public long LastReport { get; set; }

    /// <summary>The digest that disagreed at the last beat; twice the same asks for an inventory.</summary>
    public (HeldDigest Theirs, HeldDigest Ours)? Suspected { get; set; }

    public NodeOutbox Outbox { get; private set; }

    public double Weight => Registration.Weight ?? Load?.Weight ?? NodeLoad.WeightUnknown;

    /// <summary>A new life of its actor numbers anew.</summary>
    public void RestartOutbox(string activation, long lastNumber)
    {
        Outbox.Close();
        Outbox = new NodeOutbox(activation, lastNumber);
    }

    public void Add(Assignment assignment)
    {
        Held = Held.With(assignment.Id, assignment.Attempt);
        Occupied++;
        ExpectedWork += assignment.Expected;
        CountDeaths(assignment, +1);
    }

    /// <summary>The row of a task that was taken over has been read.</summary>
    public void Learn(Assignment assignment, WaitingTask task)
    {
        CountDeaths(assignment, -1);
        assignment.Learn(task);
        CountDeaths(assignment, +1);
    }

    public void Free(Assignment assignment)
    {
        if (assignment.Freed)
            return;
        assignment.Freed = true;
        Occupied--;
        ExpectedWork -= assignment.Expected;
    }

    public void Remove(Assignment assignment)
    {
        Free(assignment);
        Held = Held.Without(assignment.Id, assignment.Attempt);
        CountDeaths(assignment, -1);
    }

    /// <summary>A free slot, or look-ahead: short work may wait on the node, but never more of it than <see cref="NodeLimits.LookAhead"/> (rule 19).</summary>
    public bool HasRoom(TimeSpan expected)
    {
        if (Occupied < Slots)
            return true;
        return Occupied < Slots + NodeLimits.LookAheadTasksMax && ExpectedWork + expected <= NodeLimits.LookAhead * Slots;
    }

    /// <summary>Rule 12: who brought two nodes down runs alone among suspects.</summary>
    public bool Admits(int deaths) => deaths switch
    {
        0 => true,
        >= TaskLimits.DeathsMax - 1 => Suspects == 0,
        _ => Convicts == 0,
    };

    private void CountDeaths(Assignment assignment, int by)
    {
        Convicts += assignment.Deaths >= TaskLimits.DeathsMax - 1 ? by : 0;
        Suspects += assignment.Deaths > 0 ? by : 0;
    }
}

/// <summary>A task on a node: from the decision to send it until an outcome, a give-back or a committed fence (rule 7).</summary>
internal sealed class Assignment
{
    public required TaskId Id { get; init; }

    public required int Attempt { get; init; }

    public required long Dispatch { get; init; }

    public required string Queue { get; init; }

    public required string Type { get; init; }

    public required NodeState Node { get; init; }

    /// <summary>Null when it was taken over from an earlier scheduler, until its row has been read.</summary>
    public WaitingTask? Task { get; private set; }

    /// <summary>As many as it may have, while its row has not been read.</summary>
    public int Deaths { get; private set; } = TaskLimits.DeathsMax - 1;

    public TimeSpan Expected { get; init; }

    public long SentAt { get; init; }

    public bool Freed { get; set; }

    public bool Recalled { get; set; }

    public void Learn(WaitingTask task) => (Task, Deaths) = (task, task.Deaths);
}
