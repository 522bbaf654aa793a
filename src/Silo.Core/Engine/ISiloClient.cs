using Silo.Core.Queues;
using Silo.Core.Storage;
using Silo.Core.Tasks;

namespace Silo.Core.Engine;

/// <summary>Silo as a program in the same process uses it: tasks go to the store first, then the scheduler is told. Gateways speak to the core through it only.</summary>
/// <remarks>What a caller sends is taken as valid: whoever faces the outside checks first.</remarks>
public interface ISiloClient
{
    /// <summary>The store's time as this process knows it, in whole milliseconds, never ahead of the store: a task that is due now is due at once.</summary>
    DateTimeOffset Now { get; }

    /// <summary>A new id, chosen before the first write, so that a lost answer can be resent or read back.</summary>
    TaskId NewTaskId();

    /// <summary>Stores tasks; the answers come in the order given, once all of it is durable.</summary>
    /// <exception cref="StoreUnavailableException">Nothing was stored.</exception>
    /// <exception cref="StoreUnknownException">It may have been stored: send the same ids again, or read back.</exception>
    Task<IReadOnlyList<InsertAnswer>> SubmitAsync(IReadOnlyList<TaskSpec> tasks, CancellationToken cancellationToken);

    /// <summary>Puts cancels on record; answers in the order given.</summary>
    Task<IReadOnlyList<CancelAnswer>> CancelAsync(IReadOnlyList<TaskId> ids, CancellationToken cancellationToken);

    /// <summary>An operator's retry of failed or cancelled tasks, due now; answers in the order given.</summary>
    Task<IReadOnlyList<RetryAnswer>> RetryAsync(IReadOnlyList<TaskId> ids, CancellationToken cancellationToken);

    Task<TaskStatusReply> ReadAsync(TaskId id, CancellationToken cancellationToken);

    /// <summary>Answers when the task is terminal, or when the wait is over; <see cref="TaskStatusReply.Task"/> is null when there is no such task.</summary>
    Task<TaskStatusReply> WaitAsync(TaskId id, TimeSpan wait, CancellationToken cancellationToken);

    Task<TaskDetails?> FindByNumberAsync(long number, CancellationToken cancellationToken);

    /// <inheritdoc cref="ITaskStore.ListAsync"/>
    Task<TaskPage> ListAsync(TaskFilter filter, TaskCursor? after, int limit, CancellationToken cancellationToken);

    /// <inheritdoc cref="ITaskStore.CountAsync"/>
    Task<IReadOnlyList<TaskCount>> CountAsync(CancellationToken cancellationToken);

    /// <summary>The scheduler's view of queues and nodes.</summary>
    Task<SchedulerSnapshot> ReadSnapshotAsync(CancellationToken cancellationToken);

    Task<SetQueueReply> SetQueueAsync(QueueSettings settings, CancellationToken cancellationToken);

    Task<DrainNodeReply> DrainNodeAsync(string node, bool draining, CancellationToken cancellationToken);

    /// <summary>Takes a node that has left or died off the list; a process of that name is a new node from then on.</summary>
    Task<ForgetNodeReply> ForgetNodeAsync(string node, CancellationToken cancellationToken);
}
