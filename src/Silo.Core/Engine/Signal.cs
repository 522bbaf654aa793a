namespace Silo.Core.Engine;

/// <summary>Wakes the loops of an actor that wait for it. A signal set before a wait is not lost; several before one wait count once.</summary>
internal sealed class Signal(TimeProvider time)
{
    private TaskCompletionSource _next = New();

    public void Set() => _next.TrySetResult();

    /// <summary>Ends when set, or after <paramref name="longest"/>, or when stopped; it does not say which.</summary>
    public async Task WaitAsync(TimeSpan longest, CancellationToken stopping)
    {
        var mine = _next;
        if (!mine.Task.IsCompleted && longest > TimeSpan.Zero && !stopping.IsCancellationRequested)
        {
            using var ended = CancellationTokenSource.CreateLinkedTokenSource(stopping);
            var timer = Task.Delay(longest, time, ended.Token);
            await Task.WhenAny(mine.Task, timer);
            ended.Cancel();
        }

        // A waiter that came later may have renewed it already; its wait is not ours to end.
        if (mine.Task.IsCompleted && ReferenceEquals(mine, _next))
            _next = New();
    }

    private static TaskCompletionSource New() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
