using System.Collections.Concurrent;

namespace Silo.Core.Engine;

/// <summary>Runs the turns of one actor, or of one worker, one after the other on the thread pool. Awaits inside a turn come back here, so turns interleave at awaits and never overlap.</summary>
public sealed class TurnScheduler : TaskScheduler, IThreadPoolWorkItem
{
    /// <summary>Turns run in a row before the thread is given to other actors.</summary>
    private const int TurnsInARowMax = 64;

    [ThreadStatic]
    private static TurnScheduler? _running;

    private readonly ConcurrentQueue<Task> _turns = new();
    private readonly TaskCompletionSource _halted = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _claimed;
    private volatile bool _halting;

    public override int MaximumConcurrencyLevel => 1;

    /// <summary>Lets the turn that runs now come to its end and drops every other, as the end of the process would. Completes when nothing runs any more.</summary>
    public Task HaltAsync()
    {
        _halting = true;
        if (Interlocked.CompareExchange(ref _claimed, 1, 0) == 0)
        {
            _halted.TrySetResult();
        }

        return _halted.Task;
    }

    void IThreadPoolWorkItem.Execute()
    {
        _running = this;
        try
        {
            RunTurns();
        }
        finally
        {
            _running = null;
        }
    }

    protected override void QueueTask(Task task)
    {
        _turns.Enqueue(task);
        if (Interlocked.CompareExchange(ref _claimed, 1, 0) == 0)
        {
            ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
        }
    }

    // A chain of awaits that ends within a turn of this actor goes on in that turn; a turn that was queued keeps its place.
    protected override bool TryExecuteTaskInline(Task task, bool taskWasPreviouslyQueued) =>
        !taskWasPreviouslyQueued && _running == this && !_halting && TryExecuteTask(task);

    protected override IEnumerable<Task> GetScheduledTasks() => [.. _turns];

    private void RunTurns()
    {
        while (true)
        {
            for (var ran = 0; ran < TurnsInARowMax && !_halting && _turns.TryDequeue(out var turn); ran++)
            {
                TryExecuteTask(turn);
            }

            if (_halting)
            {
                // The claim is kept, so that nothing runs ever again.
                _turns.Clear();
                _halted.TrySetResult();
                return;
            }

            if (!_turns.IsEmpty)
            {
                ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
                return;
            }

            Interlocked.Exchange(ref _claimed, 0);
            if ((_turns.IsEmpty && !_halting) || Interlocked.CompareExchange(ref _claimed, 1, 0) != 0)
            {
                return;
            }
        }
    }
}
