using System.Collections.Concurrent;

namespace Silo.Cluster.Grains;

/// <summary>A grain of ours that is active on this silo.</summary>
internal interface ILocalGrain
{
    /// <summary>Stops its actor on its own turns, and then the activation; whoever calls the grain next finds another.</summary>
    Task EndAsync();
}

/// <summary>The grains that are active on this silo, so that a silo that leaves can end them before Orleans waits for calls that wait for them.</summary>
internal sealed class LocalGrains
{
    private readonly ConcurrentDictionary<ILocalGrain, bool> _active = new();

    public int Count => _active.Count;

    public void Add(ILocalGrain grain) => _active[grain] = true;

    public void Remove(ILocalGrain grain) => _active.TryRemove(grain, out _);

    public Task EndAllAsync() => Task.WhenAll(_active.Keys.Select(static grain => grain.EndAsync()));
}
