using Silo.Core.Nodes;
using Silo.Core.Storage;
using Silo.Core.Tasks;

namespace Silo.Conformance.Storage;

/// <summary>Seeded random histories, each checked against what no history may do.</summary>
public abstract class RandomizedTests : StoreTests
{
    private static readonly string[] Queues = ["default", "mail", "other"];
    private static readonly OutcomeKind[] Kinds = Enum.GetValues<OutcomeKind>();

    private readonly List<TaskSpec> _tasks = [];
    private readonly Dictionary<string, NodeFence> _fences = [];
    private int _lives;

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public async Task History_AnySequenceOfCalls_KeepsItsPromises(int seed)
    {
        var random = new Random(seed);
        var before = new Dictionary<TaskId, TaskDetails>();
        for (var step = 0; step < 400; step++)
        {
            var retried = await StepAsync(random);
            if (step % 5 == 0 || retried.Count > 0)
            {
                before = await CheckAsync(before, retried);
            }
        }

        await Harness.CrashAndReopenAsync();
        await CheckAsync(before, []);
    }

    [Theory]
    [InlineData(11)]
    [InlineData(12)]
    public async Task Nodes_RecordingTheSameTasksConcurrently_RecordOneOutcomeEach(int seed)
    {
        var random = new Random(seed);
        var tasks = await InsertManyAsync(300);
        NodeFence[] fences = [await RegisterAsync("n1"), await RegisterAsync("n2"), await RegisterAsync("n3")];

        var calls = fences.SelectMany(fence => tasks.OrderBy(_ => random.Next()).Chunk(20)
            .Select(chunk => (Fence: fence, Batch: chunk.Select(task => Outcome(task.Id, OutcomeKind.Succeeded)).ToArray()))).OrderBy(_ => random.Next());
        var answers = await Task.WhenAll(calls.Select(async call => (call.Fence, Answers: await Outcomes.RecordAsync(call.Fence, call.Batch, Never))));

        var winners = answers.SelectMany(call => call.Answers.Where(answer => answer.Answer == OutcomeAnswer.Recorded).Select(answer => (answer.Id, call.Fence)))
            .ToDictionary(winner => winner.Id, winner => winner.Fence);
        Assert.Equal(tasks.Length, winners.Count);
        Assert.All(await ListAllAsync(), task => Assert.Equal(winners[task.Spec.Id], new NodeFence(task.Node!, task.Incarnation)));
        await AssertCountersEqualRowsAsync();
    }

    [Fact]
    public async Task Fence_RacingWithOutcomes_LetsNothingThroughAfterItsAnswer()
    {
        for (var round = 0; round < 20; round++)
        {
            var fence = await RegisterAsync("n1", $"life-{round}");
            var tasks = await InsertManyAsync(40);
            var recording = tasks.Chunk(4).Select(chunk =>
                Outcomes.RecordAsync(fence, [.. chunk.Select(task => Outcome(task.Id, OutcomeKind.Succeeded))], Never)).ToArray();
            var fenced = await FenceAsync(fence);
            var atFence = (await Scheduler.ReadTasksAsync([.. tasks.Select(task => task.Id)], Never)).ToDictionary(row => row.Task.Spec.Id, row => row.State);

            var answers = (await Task.WhenAll(recording)).SelectMany(batch => batch).ToArray();

            Assert.Equal(EpochAnswer.Done, fenced.Answer);
            Assert.All(answers, answer =>
                Assert.Equal(answer.Answer == OutcomeAnswer.Recorded ? StoredState.Succeeded : StoredState.Waiting, atFence[answer.Id]));
            Assert.All(await Scheduler.ReadTasksAsync([.. atFence.Keys], Never), row => Assert.Equal(atFence[row.Task.Spec.Id], row.State));
        }
    }

    [Fact]
    public async Task Submits_WhileOthersRecordAndFence_AreAllKept()
    {
        var fence = await RegisterAsync("n1");
        var submitters = Enumerable.Range(0, 6).Select(async _ =>
        {
            List<TaskId> acknowledged = [];
            for (var call = 0; call < 15; call++)
            {
                var batch = Enumerable.Range(0, 8).Select(_ => NewTask()).ToArray();
                acknowledged.AddRange((await Tasks.InsertAsync(batch, Never)).Select(answer => answer.Id));
                await Outcomes.RecordAsync(fence, [.. batch.Take(4).Select(task => Outcome(task.Id, OutcomeKind.Succeeded))], Never);
            }

            return acknowledged;
        }).ToArray();
        await RegisterAsync("n1", "life-2");

        var all = (await Task.WhenAll(submitters)).SelectMany(ids => ids).ToArray();
        await Harness.CrashAndReopenAsync();

        Assert.Equal(all.Order(), (await ListAllAsync()).Select(task => task.Spec.Id).Order());
        await AssertCountersEqualRowsAsync();
    }

    /// <summary>One random call.</summary>
    /// <returns>The tasks an operator's retry revived: the only way out of a terminal state.</returns>
    private async Task<HashSet<TaskId>> StepAsync(Random random)
    {
        switch (random.Next(12))
        {
            case 0 or 1 or 2:
                var fresh = Enumerable.Range(0, random.Next(1, 4)).Select(_ => NewTask(Queues[random.Next(3)], priority: random.Next(3) * 50)).ToArray();
                _tasks.AddRange(fresh);
                await Tasks.InsertAsync(fresh, Never);
                break;
            case 3:
                var name = $"n{random.Next(3)}";
                _fences[name] = await RegisterAsync(name, $"life-{(random.Next(3) == 0 ? ++_lives : _lives)}");
                break;
            case 4 when _fences.Count > 0:
                await FenceAsync(Pick(random), random.Next(3) == 0 ? FenceReason.Left : FenceReason.Died);
                break;
            case 5 when _tasks.Count > 0:
                await Tasks.RequestCancelAsync(Some(random), Never);
                break;
            case 6 when _tasks.Count > 0:
                await Scheduler.CancelWaitingAsync(Pool, Epoch, Some(random), Never);
                break;
            case 7 when _tasks.Count > 0:
                return [.. (await Tasks.RetryAsync(Some(random), Start, Never)).Where(answer => answer.Task is not null).Select(answer => answer.Id)];
            case 8 when _fences.Count > 0:
                await Scheduler.ReleaseRunningAsync(Pool, Epoch, Pick(random), Some(random), Never);
                break;
            case 9 when _fences.Count > 0 && _tasks.Count > 0:
                await Outcomes.MarkRunningAsync(Pick(random), [.. Some(random).Select(id => new TaskStart(id, random.Next(1, 4), Start))], Never);
                break;
            case > 9 when _fences.Count > 0 && _tasks.Count > 0:
                await RecordSomeAsync(random);
                break;
        }

        return [];
    }

    private async Task RecordSomeAsync(Random random)
    {
        var fence = Pick(random);
        TaskOutcome[] batch = [.. Some(random).Distinct().Select(id => Outcome(id, Kinds[random.Next(Kinds.Length)], random.Next(1, 4)))];
        var first = await Outcomes.RecordAsync(fence, batch, Never);
        if (random.Next(2) == 0)
        {
            Assert.Equal(first, await Outcomes.RecordAsync(fence, batch, Never));
        }
    }

    private async Task<Dictionary<TaskId, TaskDetails>> CheckAsync(Dictionary<TaskId, TaskDetails> before, HashSet<TaskId> retried)
    {
        var rows = (await ListAllAsync()).ToDictionary(task => task.Spec.Id);
        Assert.Equal(_tasks.Select(task => task.Id).Order(), rows.Keys.Order());
        foreach (var (id, row) in rows)
        {
            Assert.Equal(row.State.IsTerminal(), row.FinishedAt is not null);
            Assert.False(row.State.IsTerminal() && row.CancelRequested, "A terminal task has no cancel on record.");
            if (before.TryGetValue(id, out var old))
            {
                Assert.True(row.Attempt >= old.Attempt, "Attempts only grow.");
                Assert.True(!old.State.IsTerminal() || retried.Contains(id) || (row.State, row.Attempt, row.Node) == (old.State, old.Attempt, old.Node),
                    $"Task {id} left {old.State} for {row.State}.");
            }
        }

        var waiting = Queues.SelectMany(_ => new[] { 0, 50, 100 }, (queue, priority) => WaitingIdsAsync(queue, priority));
        Assert.Equal(
            rows.Values.Where(row => row.State == StoredState.Waiting).Select(row => row.Spec.Id).Order(),
            (await Task.WhenAll(waiting)).SelectMany(ids => ids).Order());
        await AssertCountersEqualRowsAsync();
        return rows;
    }

    private NodeFence Pick(Random random) => _fences.Values.ElementAt(random.Next(_fences.Count));

    private TaskId[] Some(Random random) =>
        _tasks.Count == 0 ? [] : [.. Enumerable.Range(0, random.Next(1, 6)).Select(_ => _tasks[random.Next(_tasks.Count)].Id)];
}
