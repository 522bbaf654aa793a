using Microsoft.Extensions.Logging;
using Silo.Core.Engine;
using Silo.Core.Queues;
using Silo.Core.Storage;
using Silo.Core.Tasks;

namespace Silo.Core.Clients;

/// <summary>Silo as a program in the same process uses it: the store first, then the scheduler is told, behind the caller's back.</summary>
/// <remarks>Safe from any thread. Concurrent submits share a commit in the store and a notice to the scheduler.</remarks>
public sealed class SiloClient : ISiloClient, IAsyncDisposable
{
    private readonly SiloClientOptions _options;
    private readonly ITaskStore _store;
    private readonly IActors _actors;
    private readonly IEventSink _events;
    private readonly StoreClock _clock;
    private readonly IIdSource _ids;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly BackgroundSender _sender;
    private readonly SubmitNotifier _submits;
    private readonly CancelNotifier _cancels;

    public SiloClient(SiloClientOptions options, SiloClientPorts ports)
    {
        (_options, _store, _actors, _events) = (options, ports.Store, ports.Actors, ports.Events);
        (_clock, _ids, _time, _logger) = (ports.Clock, ports.Ids, ports.Time, ports.Logger);
        _sender = new BackgroundSender(options, _time, ports.Turns, _logger);
        _submits = new SubmitNotifier(() => Scheduler, _ids.NewInstanceId(), options, _sender, _logger);
        _cancels = new CancelNotifier(() => Scheduler, options, _sender);
    }

    /// <inheritdoc/>
    public DateTimeOffset Now => DueTime.RoundDown(_clock.LowerBound);

    private ISchedulerActor Scheduler => _actors.Scheduler(_options.Pool);

    /// <inheritdoc/>
    public TaskId NewTaskId() => _ids.NewTaskId(Now);

    /// <inheritdoc/>
    public async Task<IReadOnlyList<InsertAnswer>> SubmitAsync(IReadOnlyList<TaskSpec> tasks, CancellationToken cancellationToken)
    {
        var (answers, resent) = await InsertAsync(tasks, cancellationToken);
        var inserted = new List<WaitingTask>(tasks.Count);
        var duplicates = new List<WaitingTask>();
        for (var i = 0; i < answers.Count; i++)
        {
            if (answers[i].Kind == InsertKind.Inserted)
            {
                inserted.Add(new WaitingTask { Spec = tasks[i] });
            }
            else if (answers[i].Kind == InsertKind.Duplicate)
            {
                // The first submit's notice may have been lost with its gateway; only the id counts, since the scheduler reads the row.
                duplicates.Add(new WaitingTask { Spec = tasks[i] with { Id = answers[i].Id, Payload = default } });
            }
        }

        _submits.Enqueue(inserted, reread: resent);
        _submits.Enqueue(duplicates, reread: true);
        Publish(inserted.Select(Submitted));
        return answers;
    }

    /// <inheritdoc/>
    public async Task<IReadOnlyList<CancelAnswer>> CancelAsync(IReadOnlyList<TaskId> ids, CancellationToken cancellationToken)
    {
        var answers = await _store.RequestCancelAsync(ids, cancellationToken);
        var cancelling = answers.Where(static answer => answer.Kind == CancelKind.Cancelling).Select(static answer => answer.Id).ToList();
        Publish(cancelling.Select(static id => new TaskEvent { Kind = TaskEventKind.Cancelling, Id = id }));
        await _cancels.EnqueueAsync(cancelling, cancellationToken);
        return answers;
    }

    /// <inheritdoc/>
    public async Task<IReadOnlyList<RetryAnswer>> RetryAsync(IReadOnlyList<TaskId> ids, CancellationToken cancellationToken)
    {
        var answers = await _store.RetryAsync(ids, Now, cancellationToken);
        var retried = answers.Where(static answer => answer.Task is not null).Select(static answer => answer.Task!).ToList();
        _submits.Enqueue(retried, reread: true);
        Publish(retried.Select(Submitted));
        return answers;
    }

    /// <summary>Tells of what came into the store past this client, as of its own.</summary>
    internal async Task AnnounceAsync(InboxBatch batch, CancellationToken cancellationToken)
    {
        _submits.Enqueue(batch.Tasks, reread: batch.Late);
        Publish(batch.Tasks.Select(Submitted));
        Publish(batch.Cancels.Select(static id => new TaskEvent { Kind = TaskEventKind.Cancelling, Id = id }));
        await _cancels.EnqueueAsync(batch.Cancels, cancellationToken);
    }

    /// <inheritdoc/>
    public Task<TaskStatusReply> ReadAsync(TaskId id, CancellationToken cancellationToken) =>
        _actors.Task(id).ReadAsync(new ReadTask()).WaitAsync(_options.CallTimeout, _time, cancellationToken);

    /// <inheritdoc/>
    public async Task<TaskStatusReply> WaitAsync(TaskId id, TimeSpan wait, CancellationToken cancellationToken)
    {
        var began = _time.GetTimestamp();
        while (true)
        {
            var left = wait - _time.GetElapsedTime(began);
            var part = left < _options.WaitPerCallMax ? left : _options.WaitPerCallMax;
            part = part > TimeSpan.Zero ? part : TimeSpan.Zero;
            var reply = await _actors.Task(id).WaitAsync(new WaitTask(part)).WaitAsync(part + _options.CallTimeout, _time, cancellationToken);
            if (reply.Task is null || reply.State.IsTerminal() || left <= part)
            {
                return reply;
            }
        }
    }

    /// <inheritdoc/>
    public Task<TaskDetails?> FindByNumberAsync(long number, CancellationToken cancellationToken) => _store.FindByNumberAsync(number, cancellationToken);

    /// <inheritdoc/>
    public Task<TaskPage> ListAsync(TaskFilter filter, TaskCursor? after, int limit, CancellationToken cancellationToken) =>
        _store.ListAsync(filter, after, limit, cancellationToken);

    /// <inheritdoc/>
    public Task<IReadOnlyList<TaskCount>> CountAsync(CancellationToken cancellationToken) => _store.CountAsync(cancellationToken);

    /// <inheritdoc/>
    public Task<SchedulerSnapshot> ReadSnapshotAsync(CancellationToken cancellationToken) =>
        Scheduler.ReadSnapshotAsync(new ReadSnapshot()).WaitAsync(_options.CallTimeout, _time, cancellationToken);

    /// <inheritdoc/>
    public Task<SetQueueReply> SetQueueAsync(QueueSettings settings, CancellationToken cancellationToken) =>
        Scheduler.SetQueueAsync(new SetQueue(settings)).WaitAsync(_options.CallTimeout, _time, cancellationToken);

    /// <inheritdoc/>
    public Task<DrainNodeReply> DrainNodeAsync(string node, bool draining, CancellationToken cancellationToken) =>
        Scheduler.DrainNodeAsync(new DrainNode(node, draining)).WaitAsync(_options.CallTimeout, _time, cancellationToken);

    /// <inheritdoc/>
    public Task<ForgetNodeReply> ForgetNodeAsync(string node, CancellationToken cancellationToken) =>
        Scheduler.ForgetNodeAsync(new ForgetNode(node)).WaitAsync(_options.CallTimeout, _time, cancellationToken);

    /// <summary>Ends the background loops. What the scheduler has not acknowledged is durable and found by its sweep.</summary>
    public ValueTask DisposeAsync() => _sender.DisposeAsync();

    private async Task<(IReadOnlyList<InsertAnswer> Answers, bool Resent)> InsertAsync(IReadOnlyList<TaskSpec> tasks, CancellationToken cancellationToken)
    {
        for (var resends = 0; ; resends++)
        {
            try
            {
                return (await _store.InsertAsync(tasks, cancellationToken), resends > 0);
            }
            catch (StoreUnknownException problem) when (resends < _options.InsertResendsMax)
            {
                SiloClientLog.InsertUnknown(_logger, tasks.Count, StoreFailure.InOneLine(problem));
            }

            await Task.Delay(_options.InsertResendDelay, _time, cancellationToken);
        }
    }

    private static TaskEvent Submitted(WaitingTask task) =>
        new() { Kind = TaskEventKind.Submitted, Id = task.Spec.Id, Queue = task.Spec.Queue, Attempt = task.Attempt };

    private void Publish(IEnumerable<TaskEvent> events)
    {
        if (_events.Listening)
        {
            _events.Publish([.. events]);
        }
    }
}
