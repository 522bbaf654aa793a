namespace Silo.Testing;

/// <summary>Waits that end, and say what they waited for when they end without it.</summary>
public static class Await
{
    private static readonly TimeSpan PollInterval = TimeSpan.FromMilliseconds(20);

    /// <summary>Awaits <paramref name="task"/> for at most <paramref name="limit"/> of real time.</summary>
    /// <exception cref="TimeoutException">The limit passed; the message names <paramref name="what"/>.</exception>
    public static async Task Within(Task task, TimeSpan limit, string what)
    {
        ArgumentNullException.ThrowIfNull(task);
        try
        {
            await task.WaitAsync(limit);
        }
        catch (TimeoutException) when (!task.IsCompleted)
        {
            throw NotWithin(limit, what);
        }
    }

    /// <inheritdoc cref="Within(Task, TimeSpan, string)"/>
    public static async Task<T> Within<T>(Task<T> task, TimeSpan limit, string what)
    {
        ArgumentNullException.ThrowIfNull(task);
        await Within((Task)task, limit, what);
        return await task;
    }

    /// <summary>Asks <paramref name="condition"/> until it holds: only for other processes, which give no signal to await.</summary>
    /// <exception cref="TimeoutException">The limit passed; the message names <paramref name="what"/>.</exception>
    public static async Task Until(Func<Task<bool>> condition, TimeSpan limit, string what)
    {
        ArgumentNullException.ThrowIfNull(condition);
        var started = TimeProvider.System.GetTimestamp();
        while (true)
        {
            var left = limit - TimeProvider.System.GetElapsedTime(started);
            if (left <= TimeSpan.Zero)
            {
                throw NotWithin(limit, what);
            }

            if (await Within(condition(), left, what))
            {
                return;
            }

            await Task.Delay(PollInterval);
        }
    }

    /// <inheritdoc cref="Until(Func{Task{bool}}, TimeSpan, string)"/>
    public static Task Until(Func<bool> condition, TimeSpan limit, string what) =>
        Until(() => Task.FromResult(condition()), limit, what);

    private static TimeoutException NotWithin(TimeSpan limit, string what) =>
        new($"Waited {limit.TotalSeconds:0.###} s in vain for: {what}");
}
