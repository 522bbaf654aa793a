using Silo.Core.Nodes;
using Silo.Core.Tasks;

namespace Silo.Core.Storage;

/// <summary>The store as a node uses it. One statement checks the fence for the whole batch and guards every row by its attempt.</summary>
public interface IOutcomeStore
{
    /// <summary>Records how attempts ended. Per row: it must not be terminal and must stand at this attempt. A retry whose task has a cancel on record becomes
    /// cancelled; a terminal outcome takes the cancel off the record. Sending a batch again answers as the first time did.</summary>
    /// <returns>One answer per outcome, in the order given.</returns>
    /// <exception cref="StoreUnavailableException">Nothing was recorded.</exception>
    /// <exception cref="StoreUnknownException">It may have been recorded: send the same batch again.</exception>
    Task<IReadOnlyList<RecordedOutcome>> RecordAsync(NodeFence fence, IReadOnlyList<TaskOutcome> outcomes, CancellationToken cancellationToken);

    /// <summary>Marks attempts as running, under the same fence and guards; a row that is terminal or at another attempt is left alone.</summary>
    /// <returns>False when the fence is lost; then nothing was marked.</returns>
    Task<bool> MarkRunningAsync(NodeFence fence, IReadOnlyList<TaskStart> starts, CancellationToken cancellationToken);
}

/// <param name="Id">The task.</param>
/// <param name="Attempt">The attempt that began.</param>
/// <param name="StartedAt">When, by the store's time as the node knows it.</param>
public readonly record struct TaskStart(TaskId Id, int Attempt, DateTimeOffset StartedAt);
