using Microsoft.Extensions.Logging.Abstractions;
using Silo.Core.Engine;
using Silo.Core.Nodes;
using Silo.Core.Storage;
using Silo.Core.Tasks;
using Silo.Testing;

namespace Silo.Core.Tests.Nodes;

/// <summary>How outcomes are grouped into writes while others are under way.</summary>
public sealed class OutcomeRecorderTests
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);
    private static readonly NodeFence Fence = new("n1", 1);

    private readonly HeldBackStore _store = new();
    private readonly TaskFactory _turns = new(new TurnScheduler());
    private readonly List<TaskId> _recorded = [];

    [Fact]
    public async Task Add_MoreThanOneBatch_WritesBatchesBesideEachOtherUpToTheLimit()
    {
        var recorder = NewRecorder();

        await _turns.StartNew(() => Add(recorder, OutcomeRecorder.BatchMax * (OutcomeRecorder.WritesMax + 1)));

        await Await.Until(() => _store.Waiting.Count == OutcomeRecorder.WritesMax, Limit, "as many writes as may be under way");
        Assert.All(_store.Waiting, write => Assert.Equal(OutcomeRecorder.BatchMax, write.Rows));
        await EndAllAsync(recorder);
        Assert.Equal(OutcomeRecorder.BatchMax * (OutcomeRecorder.WritesMax + 1), _recorded.Distinct().Count());
        Assert.Equal(_recorded.Count, _recorded.Distinct().Count());
    }

    [Fact]
    public async Task Add_AFewBesideAWrite_WaitForItsEndAndGoTogether()
    {
        var recorder = NewRecorder();
        await _turns.StartNew(() => Add(recorder, 1));
        await Await.Until(() => _store.Waiting.Count == 1, Limit, "the first write");

        await _turns.StartNew(() => Add(recorder, 10));
        await _turns.StartNew(() => Add(recorder, 10));

        Assert.Single(_store.Waiting);
        _store.Waiting[0].End.SetResult();
        await Await.Until(() => _store.Waiting.Count == 2, Limit, "the second write");
        Assert.Equal(20, _store.Waiting[1].Rows);
        await EndAllAsync(recorder);
        Assert.Equal(21, _recorded.Count);
    }

    private OutcomeRecorder NewRecorder() => new(
        new NodePorts
        {
            Actors = null!,
            Store = _store,
            Events = null!,
            Time = TimeProvider.System,
            Clock = null!,
            Random = new SystemRandomSource(),
            Ids = new SystemIdSource(),
            Logger = NullLogger.Instance,
        },
        batch => _recorded.AddRange(batch.Select(pending => pending.Outcome.Id)),
        CancellationToken.None);

    private async Task EndAllAsync(OutcomeRecorder recorder) => await Await.Until(
        async () =>
        {
            foreach (var write in _store.Waiting)
                write.End.TrySetResult();
            return await _turns.StartNew(() => recorder.Count == 0);
        },
        Limit,
        "every outcome to be recorded");

    private static void Add(OutcomeRecorder recorder, int count)
    {
        for (var made = 0; made < count; made++)
        {
            // The recorder looks at the outcome alone; the entry is the caller's.
            var outcome = new TaskOutcome { Id = new TaskId(Guid.NewGuid()), Attempt = 1, Kind = OutcomeKind.Succeeded };
            recorder.Add(new PendingOutcome(entry: null!, Fence, outcome));
        }
    }

    /// <summary>Answers a write when the test says so.</summary>
    private sealed class HeldBackStore : IOutcomeStore
    {
        private readonly Lock _gate = new();
        private readonly List<Write> _writes = [];

        public IReadOnlyList<Write> Waiting
        {
            get
            {
                lock (_gate)
                {
                    return [.. _writes];
                }
            }
        }

        public async Task<IReadOnlyList<RecordedOutcome>> RecordAsync(NodeFence fence, IReadOnlyList<TaskOutcome> outcomes, CancellationToken cancellationToken)
        {
            var write = new Write(outcomes.Count);
            lock (_gate)
            {
                _writes.Add(write);
            }

            await write.End.Task;
            return [.. outcomes.Select(outcome => new RecordedOutcome(outcome.Id, outcome.Attempt, OutcomeAnswer.Recorded, StoredState.Succeeded, default))];
        }

        public Task<bool> MarkRunningAsync(NodeFence fence, IReadOnlyList<TaskStart> starts, CancellationToken cancellationToken) => Task.FromResult(true);
    }

    private sealed record Write(int Rows)
    {
        public TaskCompletionSource End { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
