using System.Collections.Concurrent;
using Silo.Core.Engine;
using Silo.Core.Tasks;
using Silo.Core.Workers;

namespace Silo.Cli.Ledger;

/// <summary>Writes a worker's ledger: starts and ends as the worker sees them, answers as they arrive at its door.</summary>
/// <remarks>
/// The answers are taken from the door, not from the worker, which does not wait for them once it knows that its incarnation has ended; and
/// when another call brings that news, it is passed on only after the reports on their way are answered, or after three seconds: as if that call
/// had been slow. So the ledger shows what the server said to outcomes that came too late.
/// </remarks>
internal sealed class LedgerRecorder(LedgerFile file, string node, TimeProvider time) : IExecutionObserver
{
    private static readonly TimeSpan LastAnswersWait = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan PollInterval = TimeSpan.FromMilliseconds(10);

    private readonly ConcurrentDictionary<HeldAttempt, (TaskDispatch Task, long Incarnation)> _unanswered = new();
    private long _incarnation;

    public void Started(TaskDispatch task)
    {
        _unanswered[new HeldAttempt(task.Id, task.Attempt, task.Dispatch)] = (task, _incarnation);
        file.Append(Entry(LedgerEvent.Started, task));
    }

    public void Ended(TaskDispatch task, ExecutionReport report) => file.Append(Entry(LedgerEvent.Ended, task) with { End = report.End });

    /// <summary>Nothing to do: <see cref="Watch"/> has seen this answer first.</summary>
    public void Answered(RecordedOutcome answer)
    {
    }

    /// <summary>The same door, with every answer to a report written down.</summary>
    public INodeDoor Watch(INodeDoor door) => new WatchedDoor(door, this);

    private void Record(CompleteRequest request, CompleteReply reply)
    {
        for (var index = 0; index < request.Reports.Count; index++)
        {
            var report = request.Reports[index];
            if (reply.Status == DoorStatus.Fenced)
            {
                Append(report, OutcomeAnswer.Fenced, state: null);
            }
            else if (reply.Status == DoorStatus.Ok && index < reply.Answers.Count)
            {
                var answer = reply.Answers[index];
                Append(report, answer.Answer, answer.Answer == OutcomeAnswer.Fenced ? null : answer.State);
            }
        }
    }

    private void Append(ExecutionReport report, OutcomeAnswer answer, StoredState? state)
    {
        // A repeated request can be answered twice; the first answer is the one that counts.
        if (_unanswered.TryRemove(new HeldAttempt(report.Id, report.Attempt, report.Dispatch), out var execution))
        {
            file.Append(Entry(LedgerEvent.Answered, execution.Task) with { Answer = answer, State = state });
        }
    }

    /// <summary>A new incarnation: answers to the one before may still come, to older ones no more.</summary>
    private void Begin(long incarnation)
    {
        foreach (var (held, execution) in _unanswered)
        {
            if (execution.Incarnation < _incarnation)
            {
                _unanswered.TryRemove(held, out _);
            }
        }

        _incarnation = incarnation;
    }

    /// <summary>Completes when every execution of this incarnation is answered, or after three seconds. Whoever is about to end the node for a reason that came from elsewhere waits for it first.</summary>
    public async Task WhenAnsweredAsync()
    {
        var started = time.GetTimestamp();
        while (_unanswered.Values.Any(execution => execution.Incarnation == _incarnation) && time.GetElapsedTime(started) < LastAnswersWait)
        {
            await Task.Delay(PollInterval, time);
        }
    }

    private LedgerEntry Entry(LedgerEvent happened, TaskDispatch task) => new()
    {
        Event = happened,
        Node = node,
        Process = Environment.ProcessId,
        Task = task.Id.Value,
        Type = task.Type,
        Queue = task.Queue,
        Attempt = task.Attempt,
        Epoch = DispatchNumber.EpochOf(task.Dispatch),
        At = time.GetUtcNow(),
        MonotonicMicroseconds = MonotonicClock.NowMicroseconds(),
    };

    private sealed class WatchedDoor(INodeDoor door, LedgerRecorder recorder) : INodeDoor
    {
        public async Task<CompleteReply> CompleteAsync(CompleteRequest request)
        {
            var reply = await door.CompleteAsync(request);
            recorder.Record(request, reply);
            return reply;
        }

        public async Task<WorkerWelcome> RegisterAsync(WorkerRegistration request)
        {
            var welcome = await door.RegisterAsync(request);
            if (welcome.Status == DoorStatus.Ok)
            {
                recorder.Begin(welcome.Incarnation);
            }

            return welcome;
        }

        public async Task<LeaseReply> LeaseAsync(LeaseRequest request)
        {
            var reply = await door.LeaseAsync(request);
            await HoldBackAsync(reply.Status);
            return reply;
        }

        public Task<WorkerReply> ProgressAsync(ProgressRequest request) => CallAsync(door.ProgressAsync(request));

        public Task<WorkerReply> BeatAsync(WorkerBeat beat) => CallAsync(door.BeatAsync(beat));

        public Task<WorkerReply> AdoptAsync(WorkerInventory inventory) => CallAsync(door.AdoptAsync(inventory));

        public Task<WorkerReply> LeaveAsync(WorkerLeave request) => CallAsync(door.LeaveAsync(request));

        private async Task<WorkerReply> CallAsync(Task<WorkerReply> call)
        {
            var reply = await call;
            await HoldBackAsync(reply.Status);
            return reply;
        }

        private Task HoldBackAsync(DoorStatus status) => status == DoorStatus.Fenced ? recorder.WhenAnsweredAsync() : Task.CompletedTask;
    }
}
