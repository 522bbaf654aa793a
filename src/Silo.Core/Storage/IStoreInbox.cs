using Silo.Core.Tasks;

namespace Silo.Core.Storage;

/// <summary>What other programs ask of the store directly, past every gateway: tasks and cancels inside their own transactions. A store without such a way in has none.</summary>
public interface IStoreInbox
{
    /// <summary>Waits until there is something, makes it tasks and cancels as a submit would, and answers once that is durable. One process at a time is served;
    /// the calls of the others wait.</summary>
    /// <exception cref="StoreUnavailableException">The store cannot be used now; what waits in the inbox stays there.</exception>
    /// <exception cref="StoreUnknownException">Tasks may have been taken in, and the answer was lost: if so, the next call gives them.</exception>
    Task<InboxBatch> TakeAsync(CancellationToken cancellationToken);
}

/// <param name="Tasks">Stored now, and waiting.</param>
/// <param name="Cancels">On record now.</param>
/// <param name="Late">It was stored some time ago, and the tasks may have moved on since.</param>
public sealed record InboxBatch(IReadOnlyList<WaitingTask> Tasks, IReadOnlyList<TaskId> Cancels, bool Late = false);
