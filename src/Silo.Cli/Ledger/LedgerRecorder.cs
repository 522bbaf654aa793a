using System.Collections.Concurrent;
using Silo.Core.Engine;
using Silo.Core.Nodes;
using Silo.Core.Tasks;

namespace Silo.Cli.Ledger;

/// <summary>Writes a worker's ledger: starts and ends as the worker sees them, answers as they arrive at its door.</summary>
/// <remarks>
/// The answers are taken from the door, not from the worker: one that learns by a beat that its incarnation has ended does not wait for the
/// answers to its last reports, and these are what shows that the fence held.
/// </remarks>
internal sealed class LedgerRecorder(LedgerFile file, string node, TimeProvider time) : IExecutionObserver
{
    private readonly ConcurrentDictionary<HeldAttempt, TaskDispatch> _unanswered = new();

    public void Started(TaskDispatch task)
    {
        _unanswered[new HeldAttempt(task.Id, task.Attempt, task.Dispatch)] = task;
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
        if (_unanswered.TryRemove(new HeldAttempt(report.Id, report.Attempt, report.Dispatch), out var task))
        {
            file.Append(Entry(LedgerEvent.Answered, task) with { Answer = answer, State = state });
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

        public Task<WorkerWelcome> RegisterAsync(WorkerRegistration request) => door.RegisterAsync(request);

        public Task<LeaseReply> LeaseAsync(LeaseRequest request) => door.LeaseAsync(request);

        public Task<WorkerReply> ProgressAsync(ProgressRequest request) => door.ProgressAsync(request);

        public Task<WorkerReply> BeatAsync(WorkerBeat beat) => door.BeatAsync(beat);

        public Task<WorkerReply> AdoptAsync(WorkerInventory inventory) => door.AdoptAsync(inventory);

        public Task<WorkerReply> LeaveAsync(WorkerLeave request) => door.LeaveAsync(request);
    }
}
