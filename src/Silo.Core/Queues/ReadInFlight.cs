using Silo.Core.Placement;
using Silo.Core.Tasks;

namespace Silo.Core.Queues;

/// <summary>What happens between the start of a page's read and its rows, so that old rows do not undo it.</summary>
internal sealed class ReadInFlight(RefillRequest request, ReadyWindowLimits limits)
{
    private readonly HashSet<TaskId> _left = [];
    private readonly Dictionary<TaskId, WaitingTask> _arrived = [];
    private long _arrivedBytes;

    public RefillRequest Request { get; } = request;

    /// <summary>The watermark after the page is not above this: below it, something was put off to a later page.</summary>
    public ReadyKey Cap { get; private set; } = ReadyKey.Highest;

    /// <summary>More left than can be remembered: the rows cannot be told from stale ones.</summary>
    public bool Void { get; private set; }

    /// <summary>Tasks that came while the page was read, at or above its watermark; those that the page passes are put into memory with it.</summary>
    /// <remarks>Without them a steady stream of arrivals would keep the watermark behind itself, one page after the other, for ever.</remarks>
    public IReadOnlyCollection<WaitingTask> Arrived => _arrived.Values;

    public bool IsFor(PlacementShape shape) => Request.Shape is null || Request.Shape.Equals(shape);

    public bool HasLeft(TaskId id) => _left.Contains(id);

    public void CapAt(ReadyKey key) => Cap = key < Cap ? key : Cap;

    public void Arrive(WaitingTask task)
    {
        Withdraw(task.Spec.Id);
        var bytes = ReadyEntry.BytesOf(task);
        if (_arrived.Count >= limits.EntriesPerPriority || _arrivedBytes + bytes > limits.BytesPerPriority)
        {
            CapAt(task.Spec.Key);
            return;
        }

        _arrived.Add(task.Spec.Id, task);
        _arrivedBytes += bytes;
    }

    public void Leave(TaskId id)
    {
        Withdraw(id);
        Void |= _left.Count >= limits.LeftDuringReadMax;
        if (!Void)
        {
            _left.Add(id);
        }
    }

    /// <summary>The store may still have it as waiting, in this or a newer attempt, so a later page has the last word.</summary>
    private void Withdraw(TaskId id)
    {
        if (_arrived.Remove(id, out var earlier))
        {
            _arrivedBytes -= ReadyEntry.BytesOf(earlier);
            CapAt(earlier.Spec.Key);
        }
    }
}
