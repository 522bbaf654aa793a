namespace Silo.Core.Engine;

/// <summary>Wakes the loops of one actor that wait for it; called on that actor's turns only. A signal set before a wait is not lost; several before one wait count once.</summary>
/// <remarks>A waiter is woken by completing the very source it awaits: <see cref="Task.WhenAny(Task[])"/> and its like would take the way over the thread pool.</remarks>
internal sealed class Signal(TimeProvider time)
{
    private readonly List<TaskCompletionSource> _waiters = [];
    private bool _set;

    public void Set()
    {
        // A waiter whose time ran out just now goes on by itself; the signal is then still there for the next wait.
        var woken = false;
        foreach (var waiter in _waiters)
            woken |= waiter.TrySetResult();
        _waiters.Clear();
        _set |= !woken;
    }

    /// <summary>Ends when set, or after <paramref name="longest"/>, or when stopped; it does not say which.</summary>
    public async Task WaitAsync(TimeSpan longest, CancellationToken stopping)
    {
        if (_set || longest <= TimeSpan.Zero || stopping.IsCancellationRequested)
        {
            // A loop with nothing to wait for must still let the turns run that would give it something.
            _set = false;
            await Task.Yield();
            return;
        }

        var wakeUp = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _waiters.Add(wakeUp);
        using var timer = time.CreateTimer(static state => ((TaskCompletionSource)state!).TrySetResult(), wakeUp, longest, Timeout.InfiniteTimeSpan);
        using var ended = stopping.UnsafeRegister(static state => ((TaskCompletionSource)state!).TrySetResult(), wakeUp);
        await wakeUp.Task;
        _waiters.Remove(wakeUp);
    }
}
