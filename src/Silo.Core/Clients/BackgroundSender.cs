using Microsoft.Extensions.Logging;

namespace Silo.Core.Clients;

/// <summary>Runs what a client sends off its callers' path, and repeats a message until it is accepted or the client ends.</summary>
/// <param name="turns">Where the loops run; a simulation gives its own.</param>
internal sealed class BackgroundSender(SiloClientOptions options, TimeProvider time, TaskScheduler turns, ILogger logger) : IAsyncDisposable
{
    private readonly Lock _gate = new();
    private readonly CancellationTokenSource _stopping = new();
    private readonly HashSet<Task> _loops = [];

    /// <summary>Starts a loop that ends by itself when it has nothing left to send.</summary>
    public void Start(Func<Task> loop)
    {
        // A caller that is on these turns already begins itself: what an idle client sends first need not wait for a thread to wake.
        var running = TaskScheduler.Current == turns && SynchronizationContext.Current is null
            ? RunAsync(loop)
            : Task.Factory.StartNew(() => RunAsync(loop), CancellationToken.None, TaskCreationOptions.DenyChildAttach, turns).Unwrap();
        lock (_gate)
        {
            _loops.RemoveWhere(static ended => ended.IsCompleted);
            _loops.Add(running);
        }
    }

    /// <param name="send">Sends once, told whether it is the first time; true when the message was accepted.</param>
    /// <param name="what">Names the message in the log.</param>
    /// <returns>Whether it had to be sent more than once.</returns>
    /// <exception cref="OperationCanceledException">The client ends.</exception>
    public async Task<bool> RepeatAsync(Func<bool, Task<bool>> send, string what)
    {
        var delay = options.ResendDelay;
        for (var first = true; ; first = false)
        {
            try
            {
                if (await send(first).WaitAsync(options.NoticeTimeout, time, _stopping.Token))
                {
                    return !first;
                }
            }
            catch (Exception problem) when (!_stopping.IsCancellationRequested)
            {
                SiloClientLog.NotAcknowledged(logger, what, problem);
            }

            await Task.Delay(delay, time, _stopping.Token);
            delay = delay * 2 < options.ResendDelayMax ? delay * 2 : options.ResendDelayMax;
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        Task[] loops;
        lock (_gate)
        {
            loops = [.. _loops];
        }

        await Task.WhenAll(loops);
    }

    private async Task RunAsync(Func<Task> loop)
    {
        try
        {
            await loop();
        }
        catch (Exception) when (_stopping.IsCancellationRequested)
        {
            // What was not acknowledged is in the store; the scheduler sees that this client's numbers have stopped.
        }
        catch (Exception problem)
        {
            SiloClientLog.SenderFailed(logger, problem);
        }
    }
}
