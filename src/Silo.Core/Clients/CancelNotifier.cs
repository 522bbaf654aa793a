using Silo.Core.Engine;
using Silo.Core.Tasks;

namespace Silo.Core.Clients;

/// <summary>Tells the scheduler which cancels are on record, repeated until accepted. Safe from any thread.</summary>
internal sealed class CancelNotifier(Func<ISchedulerActor> scheduler, SiloClientOptions options, BackgroundSender sender)
{
    private readonly Lock _gate = new();
    private readonly Queue<TaskId> _waiting = new();
    private TaskCompletionSource _room = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private bool _sending;

    /// <summary>Returns at once unless <see cref="SiloClientOptions.CancelIdsMax"/> ids wait already; then when there is room.</summary>
    public async Task EnqueueAsync(IReadOnlyList<TaskId> ids, CancellationToken cancellationToken)
    {
        while (!TryAdd(ids, out var room))
        {
            await room.WaitAsync(cancellationToken);
        }
    }

    private bool TryAdd(IReadOnlyList<TaskId> ids, out Task room)
    {
        lock (_gate)
        {
            room = _room.Task;
            if (_waiting.Count > 0 && _waiting.Count + ids.Count > options.CancelIdsMax)
            {
                return false;
            }

            foreach (var id in ids)
            {
                _waiting.Enqueue(id);
            }

            if (_sending || ids.Count == 0)
            {
                return true;
            }

            _sending = true;
        }

        sender.Start(SendAllAsync);
        return true;
    }

    private async Task SendAllAsync()
    {
        while (TakeNext() is { } notice)
        {
            await sender.RepeatAsync(async _ => (await scheduler().NotifyCancelAsync(notice)).Accepted, $"cancel notice of {notice.Ids.Count} tasks");
        }
    }

    private CancelNotice? TakeNext()
    {
        lock (_gate)
        {
            if (_waiting.Count == 0)
            {
                _sending = false;
                return null;
            }

            var ids = new List<TaskId>(Math.Min(_waiting.Count, options.CancelIdsPerMessageMax));
            while (ids.Count < options.CancelIdsPerMessageMax && _waiting.TryDequeue(out var id))
            {
                ids.Add(id);
            }

            _room.TrySetResult();
            _room = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            return new CancelNotice(ids);
        }
    }
}
