namespace Silo.Core.Tests.Workers;

/// <summary>Runs what is queued on the test's own thread, when the test says so: nothing happens between two calls.</summary>
internal sealed class WorkerTurns : TaskScheduler
{
    private readonly Queue<Task> _queue = new();
    private readonly Thread _thread = Thread.CurrentThread;

    public override int MaximumConcurrencyLevel => 1;

    /// <summary>Runs until nothing is queued.</summary>
    public void Run()
    {
        var outer = SynchronizationContext.Current;
        SynchronizationContext.SetSynchronizationContext(null);
        try
        {
            while (_queue.TryDequeue(out var task))
            {
                TryExecuteTask(task);
            }
        }
        finally
        {
            SynchronizationContext.SetSynchronizationContext(outer);
        }
    }

    protected override void QueueTask(Task task)
    {
        if (Thread.CurrentThread != _thread)
        {
            throw new InvalidOperationException("Something of the worker ran on a thread of its own.");
        }

        _queue.Enqueue(task);
    }

    protected override bool TryExecuteTaskInline(Task task, bool taskWasPreviouslyQueued) => false;

    protected override IEnumerable<Task> GetScheduledTasks() => [.. _queue];
}
