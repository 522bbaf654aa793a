using Microsoft.Extensions.Logging;
using Silo.Core.Storage;
using Silo.Core.Tasks;

namespace Silo.Core.Nodes;

/// <summary>An outcome on its way to the store, and the calls that wait for its answer.</summary>
internal sealed class PendingOutcome(HeldEntry entry, NodeFence fence, TaskOutcome outcome)
{
    // A second call waits only when the worker repeats its report.
    private CompletionWait? _wait;
    private List<CompletionWait>? _furtherWaits;

    public HeldEntry Entry { get; } = entry;

    public NodeFence Fence { get; } = fence;

    public TaskOutcome Outcome { get; } = outcome;

    public RecordedOutcome? Answer { get; private set; }

    public void Join(CompletionWait wait)
    {
        if (Answer is not null)
            return;
        if (_wait is null)
            _wait = wait.OneMore();
        else
            (_furtherWaits ??= []).Add(wait.OneMore());
    }

    public void Settle(RecordedOutcome answer)
    {
        Answer = answer;
        _wait?.OneLess();
        _furtherWaits?.ForEach(static wait => wait.OneLess());
    }
}

/// <summary>Ends when every outcome it was joined to has its answer.</summary>
internal sealed class CompletionWait
{
    private readonly TaskCompletionSource _done = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _open = 1;

    public CompletionWait OneMore()
    {
        _open++;
        return this;
    }

    public void OneLess()
    {
        if (--_open == 0)
            _done.TrySetResult();
    }

    /// <remarks>It awaits the very source that is completed: another task around it would take the way over the thread pool.</remarks>
    public async Task AllAsync(CancellationToken stopping)
    {
        OneLess();
        using var ended = stopping.UnsafeRegister(static (done, token) => ((TaskCompletionSource)done!).TrySetCanceled(token), _done);
        await _done.Task;
    }
}

/// <summary>Groups outcomes into store writes, one fence a write, sorted by id; repeats a write until the store has answered it (rules 1, 5, 6).</summary>
/// <remarks>Writes may overtake each other: an attempt has one outcome, and the next attempt begins only after it is recorded.</remarks>
internal sealed partial class OutcomeRecorder(NodePorts ports, Action<IReadOnlyList<PendingOutcome>> recorded, CancellationToken stopping)
{
    public const int BatchMax = 1024;

    /// <summary>Writes under way at once. While one commits the next is composed, and a store with several connections works on more than one.</summary>
    public const int WritesMax = 4;

    private static readonly TimeSpan RetryMin = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan RetryMax = TimeSpan.FromSeconds(2);

    private readonly Queue<PendingOutcome> _waiting = new();
    private int _writing;

    /// <summary>Outcomes that are not yet durable.</summary>
    public int Count { get; private set; }

    public void Add(PendingOutcome pending)
    {
        _waiting.Enqueue(pending);
        Count++;
        // Beside another write only a whole batch is worth a commit of its own; what is less goes with the next.
        if (_writing > 0 && (_writing == WritesMax || _waiting.Count < _writing * BatchMax))
            return;
        _writing++;
        _ = RunAsync();
    }

    private async Task RunAsync()
    {
        // What else arrives in this turn shares the first write.
        await Task.Yield();
        try
        {
            while (_waiting.Count > 0 && !stopping.IsCancellationRequested)
            {
                var batch = NextBatch();
                var answers = await RecordUntilAnsweredAsync(batch);
                for (var i = 0; i < batch.Count; i++)
                    batch[i].Settle(answers[i]);
                Count -= batch.Count;
                recorded(batch);
            }
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            // The actor ends: callers see their own cancellation, and the worker repeats its reports to the next one.
        }

        _writing--;
    }

    private List<PendingOutcome> NextBatch()
    {
        var fence = _waiting.Peek().Fence;
        var batch = new List<PendingOutcome>(Math.Min(_waiting.Count, BatchMax));
        while (batch.Count < BatchMax && _waiting.TryPeek(out var next) && next.Fence == fence)
            batch.Add(_waiting.Dequeue());
        batch.Sort(static (left, right) => left.Outcome.Id.CompareTo(right.Outcome.Id));
        return batch;
    }

    private async Task<IReadOnlyList<RecordedOutcome>> RecordUntilAnsweredAsync(List<PendingOutcome> batch)
    {
        var outcomes = batch.ConvertAll(static pending => pending.Outcome);
        for (var wait = RetryMin; ; wait = Min(wait * 2, RetryMax))
        {
            try
            {
                return await ports.Store.RecordAsync(batch[0].Fence, outcomes, stopping);
            }
            catch (Exception failure) when (failure is StoreUnavailableException or StoreUnknownException)
            {
                LogNotRecorded(ports.Logger, batch.Count, batch[0].Fence.Node, wait, StoreFailure.InOneLine(failure));
            }

            await Task.Delay(wait * (0.5 + (ports.Random.NextDouble() / 2)), ports.Time, stopping);
        }
    }

    private static TimeSpan Min(TimeSpan left, TimeSpan right) => left < right ? left : right;

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Count} outcomes of node {Node} are not recorded yet; the store is asked again in {Wait}: {Reason}")]
    private static partial void LogNotRecorded(ILogger logger, int count, string node, TimeSpan wait, string reason);
}
