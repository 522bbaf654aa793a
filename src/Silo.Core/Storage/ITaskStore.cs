using Silo.Core.Tasks;

namespace Silo.Core.Storage;

/// <summary>The store as clients use it, through a gateway. Every write is durable when its answer arrives; concurrent callers share commits.</summary>
public interface ITaskStore
{
    /// <summary>Stores new tasks, answers in the order given. Resending the same ids after an unknown commit answers as the first time did.</summary>
    /// <exception cref="StoreUnavailableException">Nothing was stored.</exception>
    /// <exception cref="StoreUnknownException">It may have been stored: resend the same ids, or read back.</exception>
    Task<IReadOnlyList<InsertAnswer>> InsertAsync(IReadOnlyList<TaskSpec> tasks, CancellationToken cancellationToken);

    Task<TaskDetails?> FindAsync(TaskId id, CancellationToken cancellationToken);

    Task<TaskDetails?> FindByNumberAsync(long number, CancellationToken cancellationToken);

    /// <summary>Newest first by number, by keyset. A page may be shorter than asked, even empty, and still have a next cursor: the rows read for one page are bounded.</summary>
    Task<TaskPage> ListAsync(TaskFilter filter, TaskCursor? after, int limit, CancellationToken cancellationToken);

    /// <summary>Puts a cancel on record; never waits for, nor locks, the task's own row. Answers in the order given.</summary>
    Task<IReadOnlyList<CancelAnswer>> RequestCancelAsync(IReadOnlyList<TaskId> ids, CancellationToken cancellationToken);

    /// <summary>An operator's retry of a failed or cancelled task: due now, the attempt counts on, one more attempt is allowed even where the policy
    /// has none left, deaths are counted anew, a cancel on record is dropped.</summary>
    Task<IReadOnlyList<RetryAnswer>> RetryAsync(IReadOnlyList<TaskId> ids, DateTimeOffset runAt, CancellationToken cancellationToken);

    /// <summary>Kept counters, by queue and stored state; never a count over history.</summary>
    Task<IReadOnlyList<TaskCount>> CountAsync(CancellationToken cancellationToken);

    /// <summary>Deletes terminal tasks that finished before <paramref name="before"/>, at most <paramref name="limit"/>, oldest first; the predicate is repeated in the delete.
    /// An idempotency key whose lifetime has not ended outlives its task.</summary>
    /// <returns>How many tasks were deleted.</returns>
    Task<int> PruneAsync(DateTimeOffset before, int limit, CancellationToken cancellationToken);

    /// <summary>The store's clock.</summary>
    Task<DateTimeOffset> ReadTimeAsync(CancellationToken cancellationToken);
}

public enum InsertKind
{
    /// <summary>Stored, now or by an earlier sending of the same id.</summary>
    Inserted,

    /// <summary>The idempotency key belongs to an earlier, equal task; the answer names it.</summary>
    Duplicate,

    /// <summary>The idempotency key belongs to an earlier task that asked for something else.</summary>
    KeyConflict,
}

/// <param name="Kind">What became of the task.</param>
/// <param name="Id">The task that is there now; for a duplicate or a conflict, the first one.</param>
/// <param name="Number">That task's number.</param>
public readonly record struct InsertAnswer(InsertKind Kind, TaskId Id, long Number);

public enum CancelKind
{
    NotFound,

    /// <summary>Terminal already; nothing was put on record.</summary>
    Settled,

    /// <summary>On record; the scheduler finalises it.</summary>
    Cancelling,
}

/// <param name="Id">The task.</param>
/// <param name="Kind">What was done.</param>
/// <param name="State">The row's state as read.</param>
public readonly record struct CancelAnswer(TaskId Id, CancelKind Kind, StoredState State);

/// <param name="Id">The task.</param>
/// <param name="Found">Whether there is such a task.</param>
/// <param name="State">The state that was found: only failed and cancelled are retried.</param>
/// <param name="Task">The task as it waits now, when it was retried.</param>
public readonly record struct RetryAnswer(TaskId Id, bool Found, StoredState State, WaitingTask? Task);

/// <param name="Queue">The queue.</param>
/// <param name="State">The stored state.</param>
/// <param name="Count">Rows in it.</param>
public readonly record struct TaskCount(string Queue, StoredState State, long Count);

/// <summary>What a listing shows; null parts filter nothing.</summary>
public sealed record TaskFilter
{
    public static readonly TaskFilter Everything = new();

    public StoredState? State { get; init; }

    public string? Queue { get; init; }

    public string? Type { get; init; }

    public string? Node { get; init; }

    public string? CorrelationId { get; init; }

    /// <summary>A task label that must be present with this value.</summary>
    public KeyValuePair<string, string>? Label { get; init; }

    public DateTimeOffset? CreatedFrom { get; init; }

    public DateTimeOffset? CreatedBefore { get; init; }
}

/// <summary>A place in a listing, as a value: rows below this number follow.</summary>
public readonly record struct TaskCursor(long Number);

/// <param name="Tasks">Without payloads and results.</param>
/// <param name="Next">Where the listing goes on; null at its end.</param>
public sealed record TaskPage(IReadOnlyList<TaskDetails> Tasks, TaskCursor? Next);
