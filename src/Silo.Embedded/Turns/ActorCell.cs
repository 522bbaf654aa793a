using Silo.Core.Engine;

namespace Silo.Embedded.Turns;

/// <summary>One activation of one actor: made at its first call, then called in turns until it is closed or halted.</summary>
/// <param name="name">Names the actor in errors.</param>
/// <param name="make">Makes the actor, on its own scheduler.</param>
/// <param name="stopping">Cancelled when the engine stops.</param>
internal sealed class ActorCell<TActor>(string name, Func<TActor> make, TimeProvider time, CancellationToken stopping)
    where TActor : class
{
    private readonly Lock _gate = new();
    private readonly TurnScheduler _turns = new();
    private readonly LinkedList<Call> _calls = [];
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private Task<TActor>? _started;
    private long _calledAt = time.GetTimestamp();
    private bool _closed;

    /// <summary>Completes when the actor is gone and a new activation may take its place.</summary>
    public Task Ended => _ended.Task;

    /// <summary>What lives and ends with this activation.</summary>
    public IDisposable? Attachment { get; set; }

    /// <summary>Queues a call. False when the actor is closed: wait for <see cref="Ended"/> and call its next activation.</summary>
    /// <param name="keepsAlive">Whether the call counts as somebody asking for the actor.</param>
    public bool TryCall<TRequest, TReply>(
        TRequest request, Func<TActor, TRequest, Task<TReply>> method, bool reencode, bool keepsAlive, out Task<TReply> reply)
    {
        var call = new Call<TActor, TRequest, TReply>(this, reencode ? Reencoding.Copy(request) : request, method, reencode);
        reply = call.Reply;
        lock (_gate)
        {
            if (_closed)
            {
                return false;
            }

            call.Place = _calls.AddLast(call);
            _calledAt = keepsAlive ? time.GetTimestamp() : _calledAt;
            _started ??= Post(StartActorAsync).Unwrap();
        }

        Post(call.RunAsync);
        return true;
    }

    /// <summary>The actor, once it is started; only for calls that were let in.</summary>
    public Task<TActor> WhenStartedAsync() => _started!;

    /// <summary>The call has its answer.</summary>
    public void End(Call call)
    {
        lock (_gate)
        {
            if (call.Place is { List: not null } place)
            {
                _calls.Remove(place);
            }
        }
    }

    /// <summary>Closes the actor when no call is under way and none has come for <paramref name="idle"/>.</summary>
    public bool TryCloseIdle(TimeSpan idle)
    {
        lock (_gate)
        {
            if (_closed || _calls.Count > 0 || time.GetElapsedTime(_calledAt) < idle)
            {
                return false;
            }

            _closed = true;
            return true;
        }
    }

    /// <summary>Lets no further call in, lets the actor stop in order, and fails the calls it leaves unanswered.</summary>
    /// <exception cref="TimeoutException">It was cut off because it took too long.</exception>
    public async Task StopAsync(TimeSpan timeout)
    {
        Task<TActor>? started;
        lock (_gate)
        {
            _closed = true;
            started = _started;
        }

        try
        {
            if (started is not null)
            {
                await Post(() => StopActorAsync(started)).Unwrap().WaitAsync(timeout, time);
            }
        }
        finally
        {
            await HaltAsync();
        }
    }

    /// <summary>Ends the actor as the end of the process would: the turn that runs comes to its end, nothing else does.</summary>
    public async Task HaltAsync()
    {
        List<Call> unanswered;
        lock (_gate)
        {
            _closed = true;
            unanswered = [.. _calls];
            _calls.Clear();
        }

        await _turns.HaltAsync();
        foreach (var call in unanswered)
        {
            call.Fail(new ActorUnavailableException($"{name} was stopped before it answered."));
        }

        _ended.TrySetResult();
    }

    private async Task<TActor> StartActorAsync()
    {
        try
        {
            var actor = make();
            if (actor is IActorLifecycle lifecycle)
            {
                await lifecycle.StartAsync(stopping);
            }

            return actor;
        }
        catch
        {
            // The calls that wait get the problem from this task; the next one makes a new actor.
            lock (_gate)
            {
                _closed = true;
            }

            _ended.TrySetResult();
            throw;
        }
    }

    private static async Task StopActorAsync(Task<TActor> started)
    {
        if (await started is IActorLifecycle lifecycle)
        {
            await lifecycle.StopAsync();
        }
    }

    private Task<TResult> Post<TResult>(Func<TResult> turn) =>
        Task.Factory.StartNew(turn, CancellationToken.None, TaskCreationOptions.DenyChildAttach, _turns);
}
