using Microsoft.Extensions.Logging;
using Silo.Core.Engine;
using Silo.Core.Tasks;

namespace Silo.Core.Clients;

/// <summary>Tells the scheduler which tasks are durable: numbered, in order, one notice at a time, repeated until acknowledged. Nobody waits for it.</summary>
/// <remarks>What arrives while a notice is under way travels together in the next. Safe from any thread.</remarks>
internal sealed class SubmitNotifier(Func<ISchedulerActor> scheduler, string gateway, SiloClientOptions options, BackgroundSender sender, ILogger logger)
{
    private readonly Lock _gate = new();
    private readonly Queue<Waiting> _waiting = new();
    private long _waitingBytes;
    private long _number;
    private bool _gap;
    private bool _sending;

    /// <param name="reread">The tasks may have moved on: the scheduler is to read them instead of believing the notice.</param>
    public void Enqueue(IEnumerable<WaitingTask> tasks, bool reread)
    {
        lock (_gate)
        {
            foreach (var task in tasks)
            {
                Add(new Waiting(task, reread));
            }

            if (_sending || (_waiting.Count == 0 && !_gap))
            {
                return;
            }

            _sending = true;
        }

        sender.Start(SendAllAsync);
    }

    private void Add(Waiting one)
    {
        if (_waiting.Count >= options.NoticeTasksMax || _waitingBytes + one.Bytes > options.NoticeBytesMax)
        {
            // One gap makes the scheduler look for everything it was not told, so all that wait can go, not only the newest.
            SiloClientLog.NoticesDropped(logger, _waiting.Count + 1);
            _waiting.Clear();
            _waitingBytes = 0;
            _gap = true;
            return;
        }

        _waiting.Enqueue(one);
        _waitingBytes += one.Bytes;
    }

    private async Task SendAllAsync()
    {
        while (TakeNext() is { } notice)
        {
            var repeated = await sender.RepeatAsync(
                async first => (await scheduler().NotifySubmittedAsync(first ? notice : notice with { Resent = true })).Accepted,
                $"submit notice {notice.Number}");
            if (repeated)
            {
                RereadWaiting();
            }
        }
    }

    /// <summary>Another scheduler may have taken over while a notice was repeated. What waited behind it may have been found in the store by the one before, and have ended since.</summary>
    private void RereadWaiting()
    {
        lock (_gate)
        {
            for (var left = _waiting.Count; left > 0; left--)
            {
                _waiting.Enqueue(_waiting.Dequeue() with { Reread = true });
            }
        }
    }

    private SubmitNotice? TakeNext()
    {
        lock (_gate)
        {
            if (_waiting.Count == 0 && !_gap)
            {
                _sending = false;
                return null;
            }

            _number += _gap ? 2 : 1;
            _gap = false;
            var tasks = new List<WaitingTask>();
            var bytes = 0L;
            var reread = _waiting.TryPeek(out var head) && head.Reread;
            while (tasks.Count < options.NoticeTasksPerMessageMax && _waiting.TryPeek(out var next) && next.Reread == reread
                && (tasks.Count == 0 || bytes + next.Bytes <= options.NoticeBytesPerMessageMax))
            {
                _waiting.Dequeue();
                _waitingBytes -= next.Bytes;
                bytes += next.Bytes;
                tasks.Add(next.Task);
            }

            return new SubmitNotice { Gateway = gateway, Number = _number, Resent = reread, Tasks = tasks };
        }
    }

    private readonly record struct Waiting(WaitingTask Task, bool Reread)
    {
        public int Bytes => Task.Spec.Payload.Length;
    }
}
