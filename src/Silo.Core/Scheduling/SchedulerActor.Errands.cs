using Silo.Core.Engine;
using Silo.Core.Placement;
using Silo.Core.Queues;
using Silo.Core.Storage;
using Silo.Core.Tasks;

namespace Silo.Core.Scheduling;

/// <content>What is asked of the store between decisions, never inside one: pages for the windows, rows to read back, cancels to make final.</content>
public sealed partial class SchedulerActor
{
    private const int ReadBackMax = 500;
    private const int FinaliseMax = 500;

    private static readonly HashSet<PlacementShape> NothingBlocked = [];

    private bool _readingBack;
    private bool _finalising;
    private long _probedAt;

    private void RunErrands(DateTimeOffset now)
    {
        // With no free slot anywhere, reading past blocked tasks would help nobody and walk the whole backlog.
        var anyRoom = _board.Nodes.Values.Any(static node => node.Accepting && node.Occupied < node.Slots);
        foreach (var queue in _board.Queues.Values)
        {
            while (queue.Window.NextRefill(now, anyRoom ? queue.Blocked : NothingBlocked) is { } request)
            {
                queue.Window.RefillStarted(request);
                _ = RefillAsync(queue, request);
            }
        }

        if (_board.ToReadBack.Count > 0 && !_readingBack)
            _ = ReadBackAsync();
        if (_board.ToFinalise.Count > 0 && !_finalising)
            _ = FinaliseAsync();
    }

    private async Task RefillAsync(QueueState queue, RefillRequest request)
    {
        var rows = await TryStoreAsync(() => _ports.Store.ReadWaitingAsync(queue.Settings.Name, request.Priority, request.From, request.Limit, _stopping.Token), "reading waiting tasks");
        if (rows is null)
        {
            queue.Window.RefillFailed(request);
            return;
        }

        foreach (var row in rows)
            _notices.Seen(row.Spec.Id);
        queue.Window.ApplyPage(request, rows, request.Limit, _board.IsHeld);
        ActSoon();
    }

    private async Task ReadBackAsync()
    {
        _readingBack = true;
        var ids = _board.ToReadBack.Take(ReadBackMax).ToList();
        _board.ToReadBack.ExceptWith(ids);
        _board.ReadingBack();
        var rows = await TryStoreAsync(() => _ports.Store.ReadTasksAsync(ids, _stopping.Token), "reading tasks back");
        _readingBack = false;
        foreach (var row in rows ?? [])
            _notices.Seen(row.Task.Spec.Id);
        foreach (var node in _board.ApplyReadBack(rows ?? []))
            PullInventory(node);
        if (rows is null)
            _board.ToReadBack.UnionWith(ids);
        else
            ActSoon();
    }

    private async Task FinaliseAsync()
    {
        _finalising = true;
        var ids = _board.ToFinalise.Take(FinaliseMax).ToList();
        ids.Sort();
        _board.Finalising();
        var answer = await TryStoreAsync(() => _ports.Store.CancelWaitingAsync(_options.Pool, _epoch, ids, _stopping.Token), "making cancels final");
        _finalising = false;
        if (answer?.Answer == EpochAnswer.StaleEpoch)
            StepDown(_epoch + 1);
        if (answer?.Answer != EpochAnswer.Done)
            return;
        foreach (var id in ids)
            _notices.Seen(id);
        _board.Finalised(ids, answer.Cancelled.Concat(answer.Settled).ToHashSet());
        _ports.Events.Publish([.. answer.Cancelled.Select(static id => new TaskEvent { Kind = TaskEventKind.Recorded, Id = id, State = StoredState.Cancelled })]);
        ActSoon();
    }

    private async Task FindPrioritiesAsync()
    {
        foreach (var queue in _board.Queues.Values.ToList())
        {
            if (await TryStoreAsync(() => _ports.Store.ReadPrioritiesAsync(queue.Settings.Name, _stopping.Token), "reading priorities") is { } priorities)
                foreach (var priority in priorities)
                    queue.Window.NotePriority(priority);
            else
                _sweptAt -= (long)(_options.Sweep.TotalSeconds * _ports.Time.TimestampFrequency);
        }

        ActSoon();
    }

    /// <summary>Asks the store for its time; that it answers is what lets silence count (rule 13).</summary>
    private async Task ProbeAsync()
    {
        _probing = true;
        if (await TryStoreAsync(async () => (DateTimeOffset?)await _ports.Store.ReadTimeAsync(_stopping.Token), "reading its time") is { } time)
        {
            _ports.Clock.Observe(time);
            _watch.StoreAnswered();
        }

        _probedAt = _ports.Time.GetTimestamp();
        _probing = false;
    }

    /// <summary>One try; null when the store is away. The errand is run again by the next tick.</summary>
    private async Task<T?> TryStoreAsync<T>(Func<Task<T>> ask, string doing)
    {
        var epoch = _epoch;
        try
        {
            var answer = await ask();
            return HasSteppedDown || epoch != _epoch ? default : answer;
        }
        catch (Exception failure) when (failure is StoreUnavailableException or StoreUnknownException or OperationCanceledException)
        {
            LogStoreAway(_ports.Logger, doing, StoreFailure.InOneLine(failure));
            return default;
        }
    }

    private async Task<T> UntilStoredAsync<T>(Func<Task<T>> ask, string doing = "taking over")
    {
        while (true)
        {
            try
            {
                return await ask();
            }
            catch (Exception failure) when (failure is StoreUnavailableException or StoreUnknownException)
            {
                LogStoreAway(_ports.Logger, doing, StoreFailure.InOneLine(failure));
            }

            await Task.Delay(StoreRetryWait, _ports.Time, _stopping.Token);
        }
    }
}
