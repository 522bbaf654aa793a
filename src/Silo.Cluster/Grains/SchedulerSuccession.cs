using System.Collections.Concurrent;
using Silo.Core.Engine;

namespace Silo.Cluster.Grains;

/// <summary>Ends the activation of a scheduler that has stepped down; whoever calls the scheduler next activates another one.</summary>
internal sealed class SchedulerSuccession(TimeProvider time) : ISchedulerSuccession
{
    // A pause in which the reason may pass: two schedulers that do not see each other would otherwise take epochs from each other without end.
    private static readonly TimeSpan ReplaceWait = TimeSpan.FromSeconds(1);

    private readonly ConcurrentDictionary<string, SchedulerGrain> _here = new();

    public void Began(string pool, SchedulerGrain grain) => _here[pool] = grain;

    public void Ended(string pool, SchedulerGrain grain) => _here.TryRemove(KeyValuePair.Create(pool, grain));

    /// <remarks>The cluster has one activation at most times, and the epoch settles the rest.</remarks>
    public Task WhenOursAsync(string pool, CancellationToken cancellationToken) => Task.CompletedTask;

    public void SteppedDown(string pool)
    {
        if (_here.TryGetValue(pool, out var grain))
        {
            _ = EndAsync(grain);
        }
    }

    private async Task EndAsync(SchedulerGrain grain)
    {
        await Task.Delay(ReplaceWait, time);
        grain.DeactivateOnIdle();
    }
}
