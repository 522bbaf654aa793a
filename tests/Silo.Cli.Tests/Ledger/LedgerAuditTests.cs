using Silo.Cli.Ledger;
using Silo.Core.Tasks;

namespace Silo.Cli.Tests.Ledger;

public sealed class LedgerAuditTests
{
    private const int LostProcess = 11;
    private const int OtherProcess = 22;

    private readonly List<LedgerEntry> _entries = [];
    private readonly List<ListedTask> _listing = [];
    private readonly List<Guid> _acknowledged = [];

    [Fact]
    public void Judge_EveryTaskAcceptedOnce_FindsNothing()
    {
        RunWell(NewTask());
        RunWell(NewTask());

        var verdict = Judge();

        Assert.Equal((2, 2, 0, 0), (verdict.Tasks, verdict.Succeeded, verdict.Lost, verdict.DuplicateOutcomes));
        Assert.Empty(verdict.Problems);
    }

    [Fact]
    public void Judge_SameIdAcknowledgedTwice_CountsOneTask()
    {
        var id = NewTask();
        _acknowledged.Add(id);
        RunWell(id);

        Assert.Equal(1, Judge().Tasks);
    }

    [Fact]
    public void Judge_AcknowledgedTaskNotListed_IsLost()
    {
        var id = NewTask();

        var verdict = Judge();

        Assert.Equal((1, 0), (verdict.Lost, verdict.Succeeded));
        Assert.Contains(verdict.Problems, problem => problem.Contains(id.ToString(), StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(TaskState.Scheduled)]
    [InlineData(TaskState.Ready)]
    [InlineData(TaskState.Running)]
    public void Judge_TaskNotEndedInTheListing_IsLost(TaskState state)
    {
        var id = NewTask();
        Started(id, OtherProcess, at: 1);
        _listing.Add(new ListedTask(id, state, Node(OtherProcess)));

        Assert.Equal(1, Judge().Lost);
    }

    [Fact]
    public void Judge_TaskFailed_IsNeitherLostNorFine()
    {
        var id = NewTask();
        Started(id, OtherProcess, at: 1);
        Answered(id, OtherProcess, at: 2, OutcomeAnswer.Recorded, StoredState.Failed);
        _listing.Add(new ListedTask(id, TaskState.Failed, Node(OtherProcess)));

        var verdict = Judge();

        Assert.Equal((0, 0, 0), (verdict.Lost, verdict.Succeeded, verdict.DuplicateOutcomes));
        Assert.Single(verdict.Problems);
    }

    [Fact]
    public void Judge_OutcomeAcceptedFromTwoWorkers_IsADuplicate()
    {
        var id = NewTask();
        RunWell(id);
        Started(id, LostProcess, at: 3);
        Answered(id, LostProcess, at: 4, OutcomeAnswer.Recorded, StoredState.Succeeded);

        Assert.Equal(1, Judge().DuplicateOutcomes);
    }

    [Fact]
    public void Judge_OutcomeAcceptedTwiceFromOneWorker_IsADuplicate()
    {
        var id = NewTask();
        RunWell(id);
        Answered(id, OtherProcess, at: 3, OutcomeAnswer.Recorded, StoredState.Succeeded);

        Assert.Equal(1, Judge().DuplicateOutcomes);
    }

    [Fact]
    public void Judge_TaskListedTwice_IsADuplicate()
    {
        var id = NewTask();
        RunWell(id);
        _listing.Add(new ListedTask(id, TaskState.Succeeded, "another"));

        Assert.Equal(1, Judge().DuplicateOutcomes);
    }

    [Fact]
    public void Judge_ListingNamesAnotherNodeThanTheAcceptedOne_IsADuplicate()
    {
        var id = NewTask();
        Started(id, OtherProcess, at: 1);
        Started(id, LostProcess, at: 1);
        Answered(id, OtherProcess, at: 2, OutcomeAnswer.Recorded, StoredState.Succeeded);
        _listing.Add(new ListedTask(id, TaskState.Succeeded, Node(LostProcess)));

        Assert.Equal(1, Judge().DuplicateOutcomes);
    }

    [Fact]
    public void Judge_FirstAttemptFailedAndSecondSucceeded_IsOneOutcome()
    {
        var id = NewTask();
        Started(id, LostProcess, at: 1);
        Answered(id, LostProcess, at: 2, OutcomeAnswer.Recorded, StoredState.Waiting);
        RunWell(id);

        var verdict = Judge();

        Assert.Equal((1, 0), (verdict.Succeeded, verdict.DuplicateOutcomes));
        Assert.Empty(verdict.Problems);
    }

    [Fact]
    public void Judge_FencedAndSettledAnswers_AreNoOutcomes()
    {
        var id = NewTask();
        RunWell(id);
        Answered(id, LostProcess, at: 5, OutcomeAnswer.Fenced, state: null);
        Answered(id, LostProcess, at: 6, OutcomeAnswer.Settled, StoredState.Succeeded);

        var verdict = Judge();

        Assert.Equal((0, 1), (verdict.DuplicateOutcomes, verdict.Fenced));
        Assert.Empty(verdict.Problems);
    }

    [Fact]
    public void Judge_SucceededWhereNobodyStartedIt_IsAProblem()
    {
        var id = NewTask();
        _listing.Add(new ListedTask(id, TaskState.Succeeded, Node(OtherProcess)));

        Assert.Contains(Judge().Problems, problem => problem.Contains("no worker has started it", StringComparison.Ordinal));
    }

    [Fact]
    public void Judge_LostWorkersTasksStartElsewhere_CountsThemAndTheLongestWait()
    {
        var (first, second) = (NewTask(), NewTask());
        Started(first, LostProcess, at: 1_000_000);
        Started(second, LostProcess, at: 1_500_000);
        Started(first, OtherProcess, at: 8_000_000);
        Started(second, OtherProcess, at: 9_250_000);
        Accept(first, OtherProcess, at: 10_000_000);
        Accept(second, OtherProcess, at: 10_000_000);

        var verdict = Judge(lossAt: 2_000_000);

        Assert.Equal((2, 7.25), (verdict.Rerun, verdict.RerunSecondsMax));
        Assert.Empty(verdict.Problems);
    }

    [Fact]
    public void Judge_LostWorkersTaskStartedTwiceElsewhere_CountsTheFirstStart()
    {
        var id = NewTask();
        Started(id, LostProcess, at: 1_000_000);
        Started(id, OtherProcess, at: 4_000_000);
        Started(id, OtherProcess, at: 9_000_000);
        Accept(id, OtherProcess, at: 10_000_000);

        Assert.Equal((1, 2.0), (Judge(lossAt: 2_000_000).Rerun, Judge(lossAt: 2_000_000).RerunSecondsMax));
    }

    [Fact]
    public void Judge_TaskAnsweredBeforeTheLoss_IsNoRerun()
    {
        var id = NewTask();
        Started(id, LostProcess, at: 1);
        Accept(id, LostProcess, at: 2);

        Assert.Equal(0, Judge(lossAt: 3).Rerun);
    }

    [Fact]
    public void Judge_StartedByTheFrozenWorkerAfterTheLoss_IsNoRerun()
    {
        var id = NewTask();
        Started(id, LostProcess, at: 5);
        Accept(id, LostProcess, at: 6);

        var verdict = Judge(lossAt: 3);

        Assert.Equal(0, verdict.Rerun);
        Assert.Empty(verdict.Problems);
    }

    [Fact]
    public void Judge_FrozenWorkersAnswerFencedLater_StillCountsAsRerun()
    {
        var id = NewTask();
        Started(id, LostProcess, at: 1_000_000);
        Started(id, OtherProcess, at: 3_000_000);
        Accept(id, OtherProcess, at: 4_000_000);
        Answered(id, LostProcess, at: 9_000_000, OutcomeAnswer.Fenced, state: null);

        var verdict = Judge(lossAt: 2_000_000);

        Assert.Equal((1, 1, 1.0), (verdict.Rerun, verdict.Fenced, verdict.RerunSecondsMax));
        Assert.Empty(verdict.Problems);
    }

    [Fact]
    public void Judge_LostWorkersTaskDidNotStartElsewhere_IsAProblem()
    {
        var id = NewTask();
        Started(id, LostProcess, at: 1);
        _listing.Add(new ListedTask(id, TaskState.Succeeded, Node(OtherProcess)));

        var verdict = Judge(lossAt: 2);

        Assert.Equal(0, verdict.Rerun);
        Assert.Contains(verdict.Problems, problem => problem.Contains("did not start elsewhere", StringComparison.Ordinal));
    }

    [Fact]
    public void Judge_LostWorkersOutcomeWasRecordedAndItsAnswerLost_NeedsNoRerun()
    {
        var id = NewTask();
        Started(id, LostProcess, at: 1);
        _listing.Add(new ListedTask(id, TaskState.Succeeded, Node(LostProcess)));

        var verdict = Judge(lossAt: 2);

        Assert.Equal((0, 0), (verdict.Rerun, verdict.DuplicateOutcomes));
        Assert.Empty(verdict.Problems);
    }

    [Fact]
    public void Judge_SchedulerLost_TimesTheFirstStartOfALaterEpoch()
    {
        var (before, after) = (NewTask(), NewTask());
        Started(before, OtherProcess, at: 3_000_000, epoch: 4);
        Accept(before, OtherProcess, at: 4_000_000);
        Started(after, OtherProcess, at: 5_500_000, epoch: 5);
        Accept(after, OtherProcess, at: 6_000_000);

        var verdict = Judge(lossAt: 2_000_000, epoch: 4);

        Assert.Equal(3.5, verdict.SchedulerFailoverSeconds);
        Assert.Empty(verdict.Problems);
    }

    [Fact]
    public void Judge_SchedulerLostAndNoLaterOneDispatched_IsAProblem()
    {
        var id = NewTask();
        Started(id, OtherProcess, at: 3, epoch: 4);
        Accept(id, OtherProcess, at: 4);

        var verdict = Judge(lossAt: 2, epoch: 4);

        Assert.Null(verdict.SchedulerFailoverSeconds);
        Assert.Contains(verdict.Problems, problem => problem.Contains("a later epoch", StringComparison.Ordinal));
    }

    private AuditVerdict Judge(long? lossAt = null, long? epoch = null) =>
        LedgerAudit.Judge(new Evidence(_acknowledged, _entries, _listing, lossAt is { } at ? new WorkerLoss(LostProcess, at, epoch) : null));

    private Guid NewTask()
    {
        var id = Guid.CreateVersion7();
        _acknowledged.Add(id);
        return id;
    }

    private void RunWell(Guid id)
    {
        Started(id, OtherProcess, at: 1);
        Accept(id, OtherProcess, at: 2);
    }

    private void Accept(Guid id, int process, long at)
    {
        Answered(id, process, at, OutcomeAnswer.Recorded, StoredState.Succeeded);
        _listing.Add(new ListedTask(id, TaskState.Succeeded, Node(process)));
    }

    private void Started(Guid id, int process, long at, long? epoch = null) => _entries.Add(LedgerLines.Started(id, Node(process), process, at) with { Epoch = epoch });

    private void Answered(Guid id, int process, long at, OutcomeAnswer answer, StoredState? state) =>
        _entries.Add(LedgerLines.Started(id, Node(process), process, at) with { Event = LedgerEvent.Answered, Answer = answer, State = state });

    private static string Node(int process) => $"worker-{process}";
}
