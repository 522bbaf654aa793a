using Silo.Core.Engine;

namespace Silo.Core.Workers;

/// <summary>Calls the door. Silence and exceptions mean "unknown": they come back as null, and the log says once that contact is lost.</summary>
internal sealed class WorkerLink(INodeDoor door, WorkerEnvironment environment, string node)
{
    private bool _lost;

    public WorkerBackoff NewBackoff() => new(environment.Time, environment.Random);

    /// <exception cref="OperationCanceledException">The conversation has <paramref name="ended"/>.</exception>
    public async Task<TReply?> TryAsync<TReply>(Func<INodeDoor, Task<TReply>> call, TimeSpan answerTime, CancellationToken ended)
        where TReply : class
    {
        try
        {
            var reply = await CallAsync(call).WaitAsync(answerTime, environment.Time, ended);
            ended.ThrowIfCancellationRequested();
            if (_lost)
            {
                _lost = false;
                WorkerLog.ContactRegained(environment.Logger, node);
            }

            return reply;
        }
        catch (OperationCanceledException) when (ended.IsCancellationRequested)
        {
            throw;
        }
        catch (Exception reason)
        {
            if (!_lost)
            {
                _lost = true;
                WorkerLog.ContactLost(environment.Logger, node, reason.Message);
            }

            return null;
        }
    }

    /// <summary>Comes back to the turn before the time limit is looked at: waiting on a foreign task directly may take a way over the thread pool.</summary>
    private async Task<TReply> CallAsync<TReply>(Func<INodeDoor, Task<TReply>> call) => await call(door);
}
