using Microsoft.Extensions.Logging;
using Silo.Core.Engine;
using Silo.Core.Storage;
using Silo.Core.Tasks;
using Silo.Gateway.Problems;

namespace Silo.Gateway.Tasks;

/// <summary>Refuses new tasks while too many wait. Counted in the background, so that a submit pays nothing for it until the limit is near.</summary>
/// <remarks>Between two counts only what came in here is added and nothing is taken off, so the limit may be passed by what other servers take in a second, and no more.</remarks>
internal sealed class BacklogGate(ISiloClient client, GatewayOptions options, TimeProvider time, ILogger<BacklogGate> logger)
{
    /// <summary>A count is renewed when it is older.</summary>
    public static readonly TimeSpan Recent = TimeSpan.FromSeconds(1);

    /// <summary>Nobody is refused on a count older than this, and a flood of submits counts no more often.</summary>
    public static readonly TimeSpan Fresh = TimeSpan.FromMilliseconds(100);

    private readonly Lock _gate = new();
    private volatile Reading? _last;
    private Task _counting = Task.CompletedTask;
    private long _taken;

    /// <returns>Null when there is room for so many more.</returns>
    public async ValueTask<ProblemResult?> RefuseAsync(int tasks, CancellationToken cancellationToken)
    {
        if (_last is not { } last)
            await CountAsync().WaitAsync(cancellationToken);
        else if (time.GetElapsedTime(last.At) >= Recent)
            _ = CountAsync();
        if (Waiting() + tasks > options.BacklogMax && time.GetElapsedTime(_last!.At) >= Fresh)
            await CountAsync().WaitAsync(cancellationToken);
        var waiting = Waiting();
        return waiting + tasks > options.BacklogMax ? ApiProblems.BacklogFull(waiting, options.BacklogMax) : null;
    }

    public void Took(int tasks) => Interlocked.Add(ref _taken, tasks);

    private long Waiting() => _last is { } last ? last.Waiting + Interlocked.Read(ref _taken) - last.TakenBefore : 0;

    private Task CountAsync()
    {
        lock (_gate)
            return _counting.IsCompleted ? _counting = ReadAsync() : _counting;
    }

    private async Task ReadAsync()
    {
        var (before, at) = (Interlocked.Read(ref _taken), time.GetTimestamp());
        try
        {
            var counts = await client.CountAsync(CancellationToken.None);
            _last = new Reading(counts.Where(count => count.State == StoredState.Waiting).Sum(count => count.Count), before, at);
        }
        catch (Exception problem) when (problem is TimeoutException or ActorUnavailableException or StoreUnavailableException or StoreUnknownException)
        {
            // The insert that follows will say better what is wrong with the store.
            GatewayLog.BacklogUnknown(logger, StoreFailure.InOneLine(problem));
            _last = (_last ?? new Reading(0, before, at)) with { At = at };
        }
    }

    private sealed record Reading(long Waiting, long TakenBefore, long At);
}
