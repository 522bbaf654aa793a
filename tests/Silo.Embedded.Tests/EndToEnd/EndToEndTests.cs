using System.Text;
using Silo.Core.Clients;
using Silo.Core.Storage;
using Silo.Core.Tasks;
using Silo.Core.Workers;
using Silo.Testing;

namespace Silo.Embedded.Tests.EndToEnd;

/// <summary>The whole way of a task through store, client, scheduler, node and worker, in one process.</summary>
public sealed class EndToEndTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly Executions _executions = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Submit_AThousandTasksOverThreeNodes_AllSucceedAndAreCounted()
    {
        await using var silo = await StartAsync();
        foreach (var node in new[] { "node-a", "node-b", "node-c" })
        {
            await silo.JoinAsync(node, slots: 4);
        }

        var batches = Enumerable.Range(0, 50).Select(_ => Specs(silo, "echo", 20).Select(static spec => spec with { Payload = "{\"say\":1}"u8.ToArray() }).ToList()).ToList();
        await Task.WhenAll(batches.Select(batch => silo.Client.SubmitAsync(batch, default)));
        var ends = await Task.WhenAll(batches.SelectMany(static batch => batch).Select(spec => silo.EndOfAsync(spec.Id)));

        Assert.All(ends, static end => Assert.Equal((TaskState.Succeeded, 1), (end.State, end.Task!.Attempt)));
        Assert.All(ends, static end => Assert.Equal("{\"say\":1}", Encoding.UTF8.GetString(end.Task!.Result.Span)));
        Assert.Equal([new TaskCount("default", StoredState.Succeeded, 1000)], (await silo.Client.CountAsync(default)).Where(static one => one.Count > 0));
        Assert.All((await silo.Client.ReadSnapshotAsync(default)).Nodes, static node => Assert.True(node.Placed > 0, $"{node.Registration.Name} was given nothing."));
    }

    [Fact]
    public async Task Submit_EngineHasAWorkerOfItsOwn_RunsThere()
    {
        var worker = new WorkerOptions { Name = "beside", Slots = 2 };
        await using var silo = await EmbeddedSilo.StartAsync(_folder.Combine("silo.db"), _executions, worker: worker);
        var spec = Spec(silo, "count");

        await silo.Client.SubmitAsync([spec], default);

        Assert.Equal("beside", (await silo.EndOfAsync(spec.Id)).Node);
    }

    [Fact]
    public async Task Submit_MoreThanNoticesMayWait_AreFoundWithoutTheSlowSweep()
    {
        await using var silo = await StartAsync(client: new SiloClientOptions { NoticeTasksMax = 10 });
        await silo.JoinAsync("node-a", slots: 4);
        var specs = Specs(silo, "count", 100);

        await silo.Client.SubmitAsync(specs, default);

        await Await.Within(Task.WhenAll(specs.Select(spec => silo.EndOfAsync(spec.Id))), TimeSpan.FromSeconds(20), "the dropped notices' tasks, long before the sweep");
    }

    [Fact]
    public async Task Cancel_TaskThatWaits_NeverStarts()
    {
        await using var silo = await StartAsync();
        await silo.JoinAsync("node-a", slots: 1);
        var (running, waiting) = (Spec(silo, "gate"), Spec(silo, "count"));
        await silo.Client.SubmitAsync([running], default);
        await StartedAsync(silo, running);
        await silo.Client.SubmitAsync([waiting], default);

        await silo.Client.CancelAsync([waiting.Id], default);
        var cancelled = await silo.EndOfAsync(waiting.Id);
        _executions.Gate.SetResult();
        var succeeded = await silo.EndOfAsync(running.Id);

        Assert.Equal(TaskState.Cancelled, cancelled.State);
        Assert.Equal(TaskState.Succeeded, succeeded.State);
        Assert.DoesNotContain(_executions.Started, start => start.Id == waiting.Id);
    }

    [Fact]
    public async Task Cancel_TaskThatRuns_IsStopped()
    {
        await using var silo = await StartAsync();
        await silo.JoinAsync("node-a", slots: 1);
        var spec = Spec(silo, "gate");
        await silo.Client.SubmitAsync([spec], default);
        await StartedAsync(silo, spec);

        Assert.Equal(TaskState.Running, (await silo.Client.ReadAsync(spec.Id, default)).State);
        await silo.Client.CancelAsync([spec.Id], default);

        Assert.Equal(TaskState.Cancelled, (await silo.EndOfAsync(spec.Id)).State);
    }

    [Fact]
    public async Task Retry_OfACancelledTask_RunsItAgain()
    {
        await using var silo = await StartAsync();
        var spec = Spec(silo, "count");
        await silo.Client.SubmitAsync([spec], default);
        await silo.Client.CancelAsync([spec.Id], default);
        await silo.EndOfAsync(spec.Id);
        await silo.JoinAsync("node-a", slots: 1);

        await silo.Client.RetryAsync([spec.Id], default);

        Assert.Equal(TaskState.Succeeded, (await silo.EndOfAsync(spec.Id)).State);
    }

    [Fact]
    public async Task Priorities_OneSlot_HigherRunsFirst()
    {
        await using var silo = await StartAsync();
        await silo.JoinAsync("node-a", slots: 1);
        var blocking = Spec(silo, "gate");
        await silo.Client.SubmitAsync([blocking], default);
        await StartedAsync(silo, blocking);
        var specs = new[] { 10, 90, 50, 0, 100 }.Select(priority => Spec(silo, "count") with { Priority = priority }).ToList();

        await silo.Client.SubmitAsync(specs, default);
        _executions.Gate.SetResult();
        await Task.WhenAll(specs.Select(spec => silo.EndOfAsync(spec.Id)));

        var byId = specs.ToDictionary(static spec => spec.Id, static spec => spec.Priority);
        Assert.Equal([100, 90, 50, 10, 0], _executions.Started.Skip(1).Select(start => byId[start.Id]));
    }

    [Fact]
    public async Task Worker_Leaves_ItsUnstartedTasksRunElsewhereAndNoAttemptIsSpent()
    {
        await using var silo = await StartAsync();
        var leaving = await silo.JoinAsync("node-a", slots: 1);
        var blocking = Spec(silo, "gate");
        await silo.Client.SubmitAsync([blocking], default);
        await StartedAsync(silo, blocking);
        var specs = Specs(silo, "count", 20);
        await silo.Client.SubmitAsync(specs, default);

        var stop = leaving.StopAsync(grace: TimeSpan.FromMinutes(1));
        await silo.JoinAsync("node-b", slots: 2);
        var ends = await Task.WhenAll(specs.Select(spec => silo.EndOfAsync(spec.Id)));
        _executions.Gate.SetResult();
        await Await.Within(stop, TimeSpan.FromSeconds(30), "the worker to leave");

        Assert.All(ends, static end => Assert.Equal((TaskState.Succeeded, 1, "node-b"), (end.State, end.Task!.Attempt, end.Task.Node)));
        Assert.Equal(TaskState.Succeeded, (await silo.EndOfAsync(blocking.Id)).State);
        Assert.Equal(21, _executions.Started.Count);
    }

    [Fact]
    public async Task Drain_ByAnOperator_GivesTheNodeNothingMore()
    {
        await using var silo = await StartAsync();
        await silo.JoinAsync("node-a", slots: 4);
        await silo.JoinAsync("node-b", slots: 4);

        await silo.Client.DrainNodeAsync("node-a", draining: true, default);
        var specs = Specs(silo, "count", 20);
        await silo.Client.SubmitAsync(specs, default);
        var ends = await Task.WhenAll(specs.Select(spec => silo.EndOfAsync(spec.Id)));

        Assert.All(ends, static end => Assert.Equal("node-b", end.Task!.Node));
    }

    [Fact]
    public async Task Crash_OfTheWholeProcess_EveryAcknowledgedTaskEndsOnce()
    {
        var file = _folder.Combine("silo.db");
        var specs = new List<TaskSpec>();
        await using (var before = await EmbeddedSilo.StartAsync(file, _executions))
        {
            await before.JoinAsync("node-a", slots: 2);
            await before.JoinAsync("node-b", slots: 2);
            var held = Specs(before, "gate", 3);
            await before.Client.SubmitAsync(held, default);
            foreach (var spec in held)
            {
                await StartedAsync(before, spec);
            }

            specs.AddRange(held);
            for (var batch = 0; batch < 20; batch++)
            {
                var more = Specs(before, "count", 25);
                await before.Client.SubmitAsync(more, default);
                specs.AddRange(more);
            }

            await before.CrashAsync();
        }

        _executions.Gate.SetResult();
        await using var after = await EmbeddedSilo.StartAsync(file, _executions);
        await after.JoinAsync("node-c", slots: 4);
        var ends = await Task.WhenAll(specs.Select(spec => after.EndOfAsync(spec.Id)));

        Assert.All(ends, static end => Assert.Equal(TaskState.Succeeded, end.State));
        Assert.Equal([new TaskCount("default", StoredState.Succeeded, specs.Count)], (await after.Client.CountAsync(default)).Where(static one => one.Count > 0));
        Assert.All(ends[..3], end => Assert.Equal(2, _executions.Started.Count(start => start.Id == end.Task!.Spec.Id)));
    }

    private Task<EmbeddedSilo> StartAsync(SiloClientOptions? client = null) =>
        EmbeddedSilo.StartAsync(_folder.Combine("silo.db"), _executions, client: client);

    private static List<TaskSpec> Specs(EmbeddedSilo silo, string type, int count) => [.. Enumerable.Range(0, count).Select(_ => Spec(silo, type))];

    private static TaskSpec Spec(EmbeddedSilo silo, string type) => new()
    {
        Id = silo.Client.NewTaskId(),
        Type = type,
        Queue = "default",
        RunAt = DateTimeOffset.FromUnixTimeMilliseconds(silo.Client.Now.ToUnixTimeMilliseconds()),
        Payload = "{}"u8.ToArray(),
    };

    private Task StartedAsync(EmbeddedSilo silo, TaskSpec spec) =>
        silo.UntilAsync(() => Task.FromResult(_executions.Started.Any(start => start.Id == spec.Id)), $"task {spec.Id} to start");
}
