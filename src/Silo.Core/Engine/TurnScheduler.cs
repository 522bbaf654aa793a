using System.Collections.Concurrent;

namespace Silo.Core.Engine;

/// <summary>Runs the turns of one actor, or of one worker, one after the other on the thread pool. Awaits inside a turn come back here, so turns interleave at awaits and never overlap.</summary>
/// <remarks>An actor that a turn wakes is next on the same thread, which spares the pool a thread to wake and the processor another cache to fill; it goes to the pool when the actor that
/// woke it has more to do. So a turn must not block until another actor has had its own. (The same idea as the slot for what was woken last in Go's scheduler and in Tokio's.)</remarks>
public sealed class TurnScheduler : TaskScheduler, IThreadPoolWorkItem
{
    /// <summary>Turns of one actor, or actors, in a row before the thread is given to others.</summary>
    private const int InARowMax = 64;

    [ThreadStatic]
    private static TurnScheduler? _running;

    [ThreadStatic]
    private static Queue<TurnScheduler>? _woken;

    private readonly ConcurrentQueue<Task> _turns = new();
    private readonly TaskCompletionSource _halted = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Action<IThreadPoolWorkItem> _pool;
    private int _claimed;
    private volatile bool _halting;

    public TurnScheduler()
        : this(static work => ThreadPool.UnsafeQueueUserWorkItem(work, preferLocal: false))
    {
    }

    internal TurnScheduler(Action<IThreadPoolWorkItem> pool) => _pool = pool;

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
        var woken = _woken ??= new Queue<TurnScheduler>();
        var next = this;
        var ran = 0;
        try
        {
            do
            {
                _running = next;
                next.RunTurns(woken);
            }
            while (++ran < InARowMax && woken.TryDequeue(out next));
        }
        finally
        {
            _running = null;
            SendToPool(woken);
        }
    }

    protected override void QueueTask(Task task)
    {
        _turns.Enqueue(task);
        if (Interlocked.CompareExchange(ref _claimed, 1, 0) != 0)
        {
            return;
        }

        if (_running is null)
        {
            _pool(this);
        }
        else
        {
            _woken!.Enqueue(this);
        }
    }

    // A chain of awaits that ends within a turn of this actor goes on in that turn; a turn that was queued keeps its place.
    protected override bool TryExecuteTaskInline(Task task, bool taskWasPreviouslyQueued) =>
        !taskWasPreviouslyQueued && _running == this && !_halting && TryExecuteTask(task);

    protected override IEnumerable<Task> GetScheduledTasks() => [.. _turns];

    private static void SendToPool(Queue<TurnScheduler> woken)
    {
        while (woken.TryDequeue(out var waiting))
        {
            waiting._pool(waiting);
        }
    }

    /// <param name="woken">Gets those whom the turns wake and who can run here next.</param>
    private void RunTurns(Queue<TurnScheduler> woken)
    {
        while (true)
        {
            for (var ran = 0; ran < InARowMax && !_halting && _turns.TryDequeue(out var turn); ran++)
            {
                TryExecuteTask(turn);
                if (woken.Count > 0 && !_turns.IsEmpty)
                {
                    SendToPool(woken);
                }
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
                _pool(this);
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
