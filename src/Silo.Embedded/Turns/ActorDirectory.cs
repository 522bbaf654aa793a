using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using Silo.Core.Engine;

namespace Silo.Embedded.Turns;

/// <summary>The living actors of one kind, by key; a call finds its actor here or makes it.</summary>
/// <param name="make">Makes an actor, on its own scheduler.</param>
/// <param name="limit">What bounds the actors of this kind.</param>
/// <param name="stopping">Cancelled when the engine stops.</param>
internal sealed class ActorDirectory<TKey, TActor>(
    string kind, Func<TKey, TActor> make, ActorLimit limit, EmbeddedOptions options, TimeProvider time, ILogger logger, CancellationToken stopping)
    where TKey : notnull
    where TActor : class
{
    private readonly ConcurrentDictionary<TKey, ActorCell<TActor>> _cells = new();
    private readonly Lock _opening = new();
    private int _count;
    private volatile bool _closed;

    /// <summary>Runs when an activation is about to be made.</summary>
    public Action<TKey>? Opened { get; init; }

    /// <summary>Made for every activation before its first call, disposed of when it is gone.</summary>
    public Func<TKey, ActorCell<TActor>, IDisposable>? Attach { get; init; }

    public int Count => Volatile.Read(ref _count);

    public Task<TReply> CallAsync<TRequest, TReply>(TKey key, TRequest request, Func<TActor, TRequest, Task<TReply>> method)
    {
        var cell = _cells.TryGetValue(key, out var found) ? found : TryOpen(key);
        return cell is null ? CallWhenRoomAsync(key, request, method)
            : cell.TryCall(request, method, options.ReencodeCalls, keepsAlive: true, out var reply) ? reply
            : CallNextAsync(cell, key, request, method);
    }

    /// <summary>Stops every actor that has not been called for its idle time.</summary>
    public Task CloseIdleAsync() => CloseIdleAsync(limit.Idle);

    /// <summary>Stops the actor if there is one; its next call makes another.</summary>
    public Task StopAsync(TKey key) => _cells.TryGetValue(key, out var cell) ? StopAsync(key, cell) : Task.CompletedTask;

    /// <summary>Lets no call in any more and stops every actor in order.</summary>
    public async Task StopAsync()
    {
        Close();
        await Task.WhenAll(_cells.Select(one => StopAsync(one.Key, one.Value)));
    }

    /// <summary>Lets no call in any more and ends every actor as the end of the process would.</summary>
    public async Task HaltAsync()
    {
        Close();
        await Task.WhenAll(_cells.Select(static one => one.Value.HaltAsync()));
        foreach (var (key, cell) in _cells)
        {
            Remove(key, cell);
        }
    }

    private void Close()
    {
        lock (_opening)
        {
            _closed = true;
        }
    }

    private ActorCell<TActor>? TryOpen(TKey key)
    {
        lock (_opening)
        {
            if (_closed)
            {
                return null;
            }

            if (_cells.TryGetValue(key, out var found))
            {
                return found;
            }

            if (Count >= limit.ActorsMax)
            {
                return null;
            }

            var cell = new ActorCell<TActor>($"The {kind} '{key}'", () => make(key), time, stopping);
            Opened?.Invoke(key);
            cell.Attachment = Attach?.Invoke(key, cell);
            _cells[key] = cell;
            Interlocked.Increment(ref _count);
            return cell;
        }
    }

    private async Task<TReply> CallWhenRoomAsync<TRequest, TReply>(TKey key, TRequest request, Func<TActor, TRequest, Task<TReply>> method)
    {
        if (!_closed)
        {
            await CloseIdleAsync(limit.IdleWhenFull);
        }

        var cell = TryOpen(key) ?? throw new ActorUnavailableException(_closed
            ? $"The {kind} '{key}' cannot be called: this engine has stopped."
            : $"The {kind} '{key}' cannot be called: {limit.ActorsMax} others are busy, which is the limit; ask again later.");
        return cell.TryCall(request, method, options.ReencodeCalls, keepsAlive: true, out var reply)
            ? await reply
            : await CallNextAsync(cell, key, request, method);
    }

    private async Task<TReply> CallNextAsync<TRequest, TReply>(
        ActorCell<TActor> closed, TKey key, TRequest request, Func<TActor, TRequest, Task<TReply>> method)
    {
        await closed.Ended;
        Remove(key, closed);
        return await CallAsync(key, request, method);
    }

    private async Task CloseIdleAsync(TimeSpan idle)
    {
        foreach (var (key, cell) in _cells)
        {
            if (cell.TryCloseIdle(idle))
            {
                await StopAsync(key, cell);
            }
        }
    }

    private async Task StopAsync(TKey key, ActorCell<TActor> cell)
    {
        try
        {
            await cell.StopAsync(options.StopTimeout);
        }
        catch (Exception problem)
        {
            EmbeddedLog.StopFailed(logger, kind, $"{key}", problem);
        }
        finally
        {
            Remove(key, cell);
        }
    }

    private void Remove(TKey key, ActorCell<TActor> cell)
    {
        if (_cells.TryRemove(KeyValuePair.Create(key, cell)))
        {
            Interlocked.Decrement(ref _count);
            cell.Attachment?.Dispose();
        }
    }
}
