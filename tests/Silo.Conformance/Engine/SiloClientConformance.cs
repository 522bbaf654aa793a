using System.Collections.Concurrent;
using Microsoft.Extensions.Logging.Abstractions;
using Silo.Core.Clients;
using Silo.Core.Engine;
using Silo.Core.Storage;
using Silo.Core.Tasks;
using Silo.Testing;

namespace Silo.Conformance.Engine;

/// <summary>How a client tells the scheduler what is durable: after the commit, in numbers without holes, again until acknowledged.</summary>
public abstract class SiloClientConformance : EngineConformance
{
    private readonly ManualTimeProvider _time = new();
    private readonly ScriptedTaskStore _store = new();
    private readonly BlockingCollection<SubmitNotice> _notices = [];
    private readonly ConcurrentQueue<Func<SubmitNotice, Task<SubmitNoticeReply>>> _script = new();
    private readonly SystemIdSource _ids = new();

    [Fact]
    public async Task Submit_IsDurable_SchedulerIsToldAfterwards()
    {
        await using var engine = await StartAsync();
        await using var client = NewClient(engine);
        var spec = NewSpec();
        _script.Enqueue(notice => Task.FromResult(new SubmitNoticeReply(_store.Contains(notice.Tasks[0].Spec.Id), 2)));

        var answers = await Await.Within(client.SubmitAsync([spec], default), Limit, "the submit");

        Assert.Equal(new InsertAnswer(InsertKind.Inserted, spec.Id, 1), Assert.Single(answers));
        var notice = NextNotice();
        Assert.Equal((1, false), (notice.Number, notice.Resent));
        Assert.Equal(spec.Id, Assert.Single(notice.Tasks).Spec.Id);
    }

    [Fact]
    public async Task Submit_StoreRefuses_SchedulerIsNotTold()
    {
        await using var engine = await StartAsync();
        await using var client = NewClient(engine);
        _store.BeforeInsert = static _ => throw new StoreUnavailableException("away");

        await Assert.ThrowsAsync<StoreUnavailableException>(() => client.SubmitAsync([NewSpec()], default));
        _store.BeforeInsert = static _ => Task.CompletedTask;
        await client.SubmitAsync([NewSpec()], default);

        Assert.Equal(1, NextNotice().Number);
        Assert.Empty(_notices);
    }

    [Fact]
    public async Task Submit_CommitIsUnknown_SameIdsAreSentAgainAndReadByTheScheduler()
    {
        await using var engine = await StartAsync();
        await using var client = NewClient(engine);
        _store.AfterInsert = _ =>
        {
            _store.AfterInsert = static _ => Task.CompletedTask;
            throw new StoreUnknownException("the answer was lost");
        };
        var spec = NewSpec();

        var submit = client.SubmitAsync([spec], default);
        await Await.Within(_time.WhenTimersArmedAsync(1), Limit, "the pause before the resend");
        _time.Advance(TimeSpan.FromSeconds(1));
        var answers = await Await.Within(submit, Limit, "the submit");

        Assert.Equal(spec.Id, Assert.Single(answers).Id);
        Assert.True(NextNotice().Resent);
    }

    [Fact]
    public async Task Submit_CommitStaysUnknown_CallerIsTold()
    {
        await using var engine = await StartAsync();
        await using var client = NewClient(engine);
        var sent = new List<TaskId>();
        _store.BeforeInsert = tasks =>
        {
            sent.Add(tasks[0].Id);
            throw new StoreUnknownException("the answer was lost");
        };
        var spec = NewSpec();

        var submit = client.SubmitAsync([spec], default);
        for (var resend = 0; resend < new SiloClientOptions().InsertResendsMax; resend++)
        {
            await Await.Within(_time.WhenTimersArmedAsync(1), Limit, "the pause before a resend");
            _time.Advance(new SiloClientOptions().InsertResendDelay);
        }

        await Assert.ThrowsAsync<StoreUnknownException>(() => Await.Within(submit, Limit, "the submit"));
        Assert.Equal([spec.Id, spec.Id, spec.Id], sent);
    }

    [Fact]
    public async Task Submit_DuplicateKey_FirstTaskIsToldAgainToBeRead()
    {
        await using var engine = await StartAsync();
        await using var client = NewClient(engine);
        var first = _ids.NewTaskId(_time.GetUtcNow());
        _store.Keys["key"] = first;

        await client.SubmitAsync([NewSpec() with { IdempotencyKey = "key" }], default);

        var notice = NextNotice();
        Assert.True(notice.Resent);
        Assert.Equal(first, Assert.Single(notice.Tasks).Spec.Id);
    }

    [Fact]
    public async Task Submit_SchedulerIsBusy_WaitingTasksShareTheNextNotice()
    {
        await using var engine = await StartAsync();
        await using var client = NewClient(engine);
        var busy = new TaskCompletionSource<SubmitNoticeReply>(TaskCreationOptions.RunContinuationsAsynchronously);
        _script.Enqueue(_ => busy.Task);

        await client.SubmitAsync([NewSpec()], default);
        Assert.Equal(1, NextNotice().Number);
        for (var i = 0; i < 10; i++)
        {
            await Await.Within(client.SubmitAsync([NewSpec()], default), Limit, "a submit while the scheduler is busy");
        }

        busy.SetResult(new SubmitNoticeReply(true, 2));

        var notice = NextNotice();
        Assert.Equal((2, 10), (notice.Number, notice.Tasks.Count));
    }

    [Theory]
    [InlineData("silent")]
    [InlineData("refuses")]
    [InlineData("throws")]
    public async Task Notice_NotAcknowledged_IsSentAgainUnderItsNumber(string scheduler)
    {
        await using var engine = await StartAsync();
        await using var client = NewClient(engine);
        _script.Enqueue(_ => scheduler switch
        {
            "silent" => new TaskCompletionSource<SubmitNoticeReply>().Task,
            "refuses" => Task.FromResult(new SubmitNoticeReply(false, 1)),
            _ => throw new InvalidOperationException("no scheduler"),
        });
        var spec = NewSpec();

        await client.SubmitAsync([spec], default);
        var first = NextNotice();
        var again = await TakeMovingTheClockAsync(_notices);
        await client.SubmitAsync([NewSpec()], default);
        // The clock may have run out on an answer that was still under way: then the first is sent once more before the next.
        var next = again;
        while (next.Number == again.Number)
        {
            next = await TakeMovingTheClockAsync(_notices);
        }


        Assert.Equal((1, false), (first.Number, first.Resent));
        Assert.Equal((1, true, spec.Id), (again.Number, again.Resent, Assert.Single(again.Tasks).Spec.Id));
        Assert.Equal((2, first.Gateway), (next.Number, next.Gateway));
    }

    [Fact]
    public async Task Notice_BehindOneThatWasSentAgain_IsToBeRead()
    {
        await using var engine = await StartAsync();
        await using var client = NewClient(engine);
        var refused = new TaskCompletionSource<SubmitNoticeReply>(TaskCreationOptions.RunContinuationsAsynchronously);
        _script.Enqueue(_ => refused.Task);
        await client.SubmitAsync([NewSpec()], default);
        Assert.False(NextNotice().Resent);
        var behind = NewSpec();
        await client.SubmitAsync([behind], default);

        // Whoever refuses may be followed by another scheduler, which knows nothing of what this one had found in the store.
        refused.SetResult(new SubmitNoticeReply(false, 1));
        var next = await TakeMovingTheClockAsync(_notices);
        while (next.Number == 1)
        {
            next = await TakeMovingTheClockAsync(_notices);
        }

        Assert.Equal((2, true, behind.Id), (next.Number, next.Resent, Assert.Single(next.Tasks).Spec.Id));
    }

    [Fact]
    public async Task Notice_MoreThanMayWait_AreDroppedAndLeaveAGap()
    {
        await using var engine = await StartAsync();
        await using var client = NewClient(engine, new SiloClientOptions { NoticeTasksMax = 3 });
        var busy = new TaskCompletionSource<SubmitNoticeReply>(TaskCreationOptions.RunContinuationsAsynchronously);
        _script.Enqueue(_ => busy.Task);

        await client.SubmitAsync([NewSpec()], default);
        Assert.Equal(1, NextNotice().Number);
        for (var i = 0; i < 4; i++)
        {
            await client.SubmitAsync([NewSpec()], default);
        }

        busy.SetResult(new SubmitNoticeReply(true, 2));
        var afterGap = NextNotice();
        await client.SubmitAsync([NewSpec()], default);
        var next = NextNotice();

        Assert.Equal((3, 0), (afterGap.Number, afterGap.Tasks.Count));
        Assert.Equal((4, 1), (next.Number, next.Tasks.Count));
    }

    [Fact]
    public async Task Notice_LargePayloads_AreSpreadOverSeveral()
    {
        await using var engine = await StartAsync();
        await using var client = NewClient(engine, new SiloClientOptions { NoticeBytesPerMessageMax = 100 });

        await client.SubmitAsync([.. Enumerable.Range(0, 3).Select(_ => NewSpec() with { Payload = new byte[60] })], default);

        Assert.Equal([1, 2, 3], new[] { NextNotice(), NextNotice(), NextNotice() }.Select(static one => one.Number));
    }

    [Fact]
    public async Task Retry_IsToldToBeRead()
    {
        await using var engine = await StartAsync();
        await using var client = NewClient(engine);
        var spec = NewSpec();
        _store.Put(spec, StoredState.Failed);

        await client.RetryAsync([spec.Id], default);

        var notice = NextNotice();
        Assert.Equal((true, 2), (notice.Resent, Assert.Single(notice.Tasks).Attempt));
    }

    [Fact]
    public async Task Cancel_SchedulerRefusesAtFirst_IsToldAgainUntilAccepted()
    {
        var told = new BlockingCollection<CancelNotice>();
        var times = 0;
        await using var engine = await StartEngineAsync((_, _) => new ScriptedScheduler
        {
            Cancelled = notice =>
            {
                told.Add(notice);
                return Task.FromResult(new CancelNoticeReply(++times > 1));
            },
        });
        await using var client = NewClient(engine);
        var (waiting, ended) = (NewSpec(), NewSpec());
        _store.Put(waiting, StoredState.Waiting);
        _store.Put(ended, StoredState.Succeeded);

        var answers = await Await.Within(client.CancelAsync([waiting.Id, ended.Id], default), Limit, "the cancel");
        var first = await TakeMovingTheClockAsync(told);
        var again = await TakeMovingTheClockAsync(told);

        Assert.Equal([CancelKind.Cancelling, CancelKind.Settled], answers.Select(static one => one.Kind));
        Assert.Equal([waiting.Id], first.Ids);
        Assert.Equal([waiting.Id], again.Ids);
    }

    private Task<IRunningEngine> StartAsync() => StartEngineAsync((_, _) => new ScriptedScheduler
    {
        Submitted = notice =>
        {
            _notices.Add(notice);
            return _script.TryDequeue(out var answer) ? answer(notice) : Task.FromResult(new SubmitNoticeReply(true, notice.Number + 1));
        },
    });

    private SiloClient NewClient(IRunningEngine engine, SiloClientOptions? options = null) => new(options ?? new SiloClientOptions(), new SiloClientPorts
    {
        Store = _store,
        Actors = engine.Actors,
        Events = new LiveEvents(),
        Clock = new StoreClock(_time),
        Ids = _ids,
        Time = _time,
        Logger = NullLogger<SiloClient>.Instance,
    });

    private TaskSpec NewSpec() => new() { Id = _ids.NewTaskId(_time.GetUtcNow()), Type = "echo", Queue = "default", RunAt = _time.GetUtcNow() };

    private SubmitNotice NextNotice() =>
        _notices.TryTake(out var notice, Limit) ? notice : throw new TimeoutException("Waited in vain for a submit notice.");

    // The time-out of the call and the pause after it are armed one after the other: each is moved to when it is there.
    private async Task<T> TakeMovingTheClockAsync<T>(BlockingCollection<T> arrivals)
    {
        T? arrival = default;
        await Await.Until(
            () =>
            {
                _time.Advance(_time.UntilNextTimer ?? TimeSpan.Zero);
                return arrivals.TryTake(out arrival);
            },
            Limit,
            "a message that is sent again");
        return arrival!;
    }
}
