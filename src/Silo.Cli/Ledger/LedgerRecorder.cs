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
    private readonly ConcurrentDictionary<(TaskId Id, int Attempt), TaskDispatch> _unanswered = new();

    public void Started(TaskDispatch task)
    {
        file.Append(Entry(LedgerEvent.Started, task));
        _unanswered[(task.Id, task.Attempt)] = task;
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
        foreach (var answer in reply.Answers)
        {
            Append(answer.Id, answer.Attempt, answer.Answer, answer.Answer == OutcomeAnswer.Fenced ? null : answer.State);
        }

        if (reply.Status == DoorStatus.Fenced)
        {
            foreach (var report in request.Reports)
            {
                Append(report.Id, report.Attempt, OutcomeAnswer.Fenced, state: null);
            }
        }
    }

    private void Append(TaskId id, int attempt, OutcomeAnswer answer, StoredState? state)
    {
        // A repeated request can be answered twice; the first answer is the one that counts.
        if (_unanswered.TryRemove((id, attempt), out var task))
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
