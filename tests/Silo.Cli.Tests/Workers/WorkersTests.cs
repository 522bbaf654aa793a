using System.Text;
using Silo.Cli.Invocation;
using Silo.Cli.Ledger;
using Silo.Cli.Processes;
using Silo.Cli.Tests.Demo;
using Silo.Cli.Tests.Invocation;
using Silo.Cli.Tests.Serving;
using Silo.Cli.Workers.Control;
using Silo.Cli.Workers.Roster;
using Silo.Client;
using Silo.Contracts.Json;
using Silo.Contracts.Tasks;
using Silo.Testing;

namespace Silo.Cli.Tests.Workers;

/// <summary>The manager and its workers as real processes, beside a real server.</summary>
[Collection(DemoCollection.Name)]
public sealed class WorkersTests : IDisposable
{
    private static readonly TimeSpan Limit = ManagedWorkers.Limit;
    private readonly TemporaryFolder _folder = new();
    private readonly ManagedWorkers _workers = new();

    public void Dispose()
    {
        _workers.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public async Task Worker_Killed_IsBackUnderItsNameAndNoTaskIsLost()
    {
        await using var server = await RunningServer.StartAsync(_folder, "--slots", "0");
        var started = await _workers.StartAsync("-c", "2", "--server", server.Address, "--slots", "2", "--label", "zone=eu", "--ledger", _folder.Combine("ledger"));
        await UntilAliveAsync(server.Client, "w-1", "w-2");
        var tasks = await SubmitAsync(server.Client, 60, milliseconds: 100);
        await UntilBusyAsync(server.Client);

        var killed = started.Workers[0].Pid!.Value;
        UnixSignal.Kill(killed);

        var status = await _workers.UntilAsync(
            now => now.Workers.All(worker => worker.State == WorkerPhase.Running) && now.Workers[0] is { Restarts: 1, Pid: { } pid } && pid != killed, "the killed worker to run again");
        Assert.Equal(["w-1", "w-2"], status.Workers.Select(worker => worker.Name));
        Assert.Contains("137", status.Workers[0].LastEnd, StringComparison.Ordinal);
        Assert.All(await EndedAsync(server.Client, tasks), task => Assert.Equal("succeeded", task.State));
        Assert.All((await server.Client.ListNodesAsync()).Nodes, node => Assert.Equal((2, "eu"), (node.Slots, node.Labels!["zone"])));
        await AssertStopsAsync(drained: 2);
        var outcomes = new[] { "ledger.1", "ledger.2" }
            .SelectMany(file => File.ReadLines(_folder.Combine(file)))
            .Select(line => LedgerEntry.Parse(Encoding.UTF8.GetBytes(line)))
            .Where(entry => entry.IsAcceptedOutcome)
            .Select(entry => entry.Task)
            .ToList();
        Assert.Equal(outcomes.Distinct(), outcomes);
        Assert.Subset(tasks.ToHashSet(), outcomes.ToHashSet());
    }

    [Fact]
    public async Task Manager_Killed_WorkersGoOnAndTheNextOneTakesThemOver()
    {
        await using var server = await RunningServer.StartAsync(_folder, "--slots", "0");
        var started = await _workers.StartAsync("-c", "3", "--server", server.Address, "--slots", "1");
        await UntilAliveAsync(server.Client, "w-1", "w-2", "w-3");
        var tasks = await SubmitAsync(server.Client, 30, milliseconds: 100);
        await UntilBusyAsync(server.Client);

        await _workers.KillManagerAsync();

        var alone = await _workers.RunAsync("status", "--json");
        Assert.Equal(ExitCode.NotFound, alone.ExitCode);
        Assert.Contains("3 of its workers go on without it", alone.Error, StringComparison.Ordinal);
        Assert.Equal(Pids(started), Pids(ManagedWorkers.Parse(alone)));
        Assert.Equal(ExitCode.NotFound, (await _workers.RunAsync("scale", "1")).ExitCode);
        Assert.All(await EndedAsync(server.Client, tasks), task => Assert.Equal(("succeeded", 1), (task.State, task.Attempt)));

        // As many as before, although nobody says so.
        var next = await _workers.StartAsync("--server", server.Address, "--slots", "1");
        Assert.NotEqual(started.Manager, next.Manager);
        Assert.Equal(Pids(started), Pids(next));

        UnixSignal.Kill(next.Workers[1].Pid!.Value);
        await _workers.UntilAsync(now => now.Workers is [_, { State: WorkerPhase.Running, Restarts: 1 }, _], "the worker that was taken over to run again");
        await AssertStopsAsync(drained: 3);
    }

    [Fact]
    public async Task Scale_UpAndDownUnderLoad_SpendsNoAttempt()
    {
        await using var server = await RunningServer.StartAsync(_folder, "--slots", "0");
        await _workers.StartAsync("-c", "1", "--server", server.Address, "--slots", "1", "--grace", "100ms");

        var up = ManagedWorkers.Parse(await _workers.RunAsync("scale", "3", "--json"));
        await UntilAliveAsync(server.Client, "w-1", "w-2", "w-3");
        var tasks = await SubmitAsync(server.Client, 6, milliseconds: 2000);
        await Await.Until(async () => (await server.Client.ListNodesAsync()).Nodes.All(node => node.Running == 1), Limit, "every worker to run a task");
        var down = ManagedWorkers.Parse(await _workers.RunAsync("scale", "1", "--json"));

        Assert.Equal((3, 1, 2, 0), (up.Workers.Count, down.Workers.Count, down.Drained, down.Killed));
        Assert.Equal(up.Workers[0].Pid, down.Workers[0].Pid);
        Assert.All(await EndedAsync(server.Client, tasks), task => Assert.Equal(("succeeded", 1, "w-1"), (task.State, task.Attempt, task.Node)));
        await AssertStopsAsync(drained: 3);
    }

    [Fact]
    public async Task Restart_Running_GivesEveryWorkerANewProcess()
    {
        await using var server = await RunningServer.StartAsync(_folder, "--slots", "0");
        var before = await _workers.StartAsync("-c", "2", "--server", server.Address, "--slots", "1");
        await UntilAliveAsync(server.Client, "w-1", "w-2");

        var run = await _workers.RunAsync("restart", "--json");

        Assert.Equal(ExitCode.Ok, run.ExitCode);
        var after = ManagedWorkers.Parse(run);
        Assert.Empty(Pids(before).Intersect(Pids(after)));
        Assert.All(after.Workers, worker => Assert.Equal((WorkerPhase.Running, 0), (worker.State, worker.Restarts)));
        await UntilAliveAsync(server.Client, "w-1", "w-2");

        var stats = await _workers.StatusAsync("stats");
        Assert.All(stats.Workers, worker => Assert.True(worker is { MemoryBytes: > 1 << 20, CpuPercent: >= 0, UptimeSeconds: >= 0, Node.Alive: true }, $"{worker}"));
        Assert.NotNull(stats.Queues);
        var logs = await _workers.RunAsync("logs", "--lines", "5");
        Assert.Contains("w-2 | Worker w-2 with 1 slots", logs.Output, StringComparison.Ordinal);
        Assert.Contains("manager | ", logs.Output, StringComparison.Ordinal);
        await AssertStopsAsync(drained: 4);
    }

    [Fact]
    public async Task Stop_ManagerIsGone_DrainsWhomItLeftBehind()
    {
        await _workers.StartAsync("-c", "2", "--server", Nowhere);
        await _workers.KillManagerAsync();

        await AssertStopsAsync(drained: 2);
        Assert.Equal(ExitCode.NotFound, (await _workers.RunAsync("stop")).ExitCode);
    }

    [Fact]
    public async Task Stop_SaidAgainWhileATaskRuns_KillsTheWorker()
    {
        await using var server = await RunningServer.StartAsync(_folder, "--slots", "0");
        await _workers.StartAsync("-c", "1", "--server", server.Address, "--slots", "1", "--grace", "10m");
        await UntilAliveAsync(server.Client, "w-1");
        await SubmitAsync(server.Client, 1, milliseconds: 600_000);
        await UntilBusyAsync(server.Client);
        var first = _workers.RunAsync("stop", "--json");
        await _workers.UntilAsync(now => now.Stopping, "the stop to begin");

        var second = ManagedWorkers.Parse(await _workers.RunAsync("stop", "--json"));

        Assert.Equal((0, 1), (second.Drained, second.Killed));
        Assert.Equal(second.Killed, ManagedWorkers.Parse(await first).Killed);
        Assert.Empty(_workers.Alive);
    }

    [Fact]
    public async Task Foreground_Terminated_DrainsAndLeavesNobody()
    {
        await using var manager = SiloProcess.Start(
            "manager", ["workers", "start", "-c", "1", "--name", "w", "--data", _workers.Data, "--server", Nowhere], _folder.Combine("manager.log"));
        await Await.Until(async () => (await _workers.RunAsync("status")).ExitCode == ExitCode.Ok, Limit, "the worker to run");

        manager.Terminate();

        Assert.Equal(0, await Await.Within(manager.WaitForExitAsync(default), Limit, "the manager to end"));
        Assert.Empty(_workers.Alive);
    }

    [Fact]
    public async Task Start_FolderHasAManager_IsAConflict()
    {
        await _workers.StartAsync("-c", "1", "--server", Nowhere);

        var behind = await _workers.RunAsync("start", "-d", "--server", Nowhere);
        var ahead = await _workers.RunAsync("start", "--server", Nowhere);

        Assert.Equal((ExitCode.Conflict, ExitCode.Conflict), (behind.ExitCode, ahead.ExitCode));
        Assert.Contains("silo workers scale N", behind.Error, StringComparison.Ordinal);
        Assert.Single((await _workers.StatusAsync()).Workers);
        await AssertStopsAsync(drained: 1);
    }

    [Fact]
    public async Task Server_NotThereYet_StatusSaysSoAndWorkersKeepTrying()
    {
        var address = $"127.0.0.1:{LoopbackPorts.Free()}";
        await _workers.StartAsync("-c", "1", "--server", $"http://{address}");

        var status = await _workers.RunAsync("status");
        Assert.Equal(ExitCode.Ok, status.ExitCode);
        Assert.Contains("does not answer; the workers keep trying", status.Error, StringComparison.Ordinal);

        await using var server = SiloProcess.Start("server", ["up", "--listen", address, "--slots", "0", "--data", _folder.Combine("data")], _folder.Combine("server.log"));
        await _workers.UntilAsync(now => now.Workers is [{ Node.Alive: true, Restarts: 0 }], "the worker to join");
        await AssertStopsAsync(drained: 1);
    }

    [Fact]
    public async Task Key_IsRefused_WorkerIsNotStartedAgainAndStatusSaysWhy()
    {
        await using var server = await RunningServer.StartAsync(_folder, "--slots", "0", "--api-key", "0123456789abcdef-secret");
        await _workers.StartAsync("-c", "1", "--server", server.Address, "--api-key", "fedcba9876543210-another");

        var status = await _workers.UntilAsync(now => now.Workers[0].State == WorkerPhase.Failed, "the worker to be given up");

        Assert.Contains("exit code 4, the server refuses its key, and is not started again", status.Workers[0].LastEnd, StringComparison.Ordinal);
        Assert.Equal(0, status.Workers[0].Restarts);
        Assert.Equal(ExitCode.Failed, (await _workers.RunAsync("status")).ExitCode);
        await AssertStopsAsync(drained: 0);
    }

    [Theory]
    [InlineData("status")]
    [InlineData("stats")]
    [InlineData("scale 2")]
    [InlineData("restart")]
    [InlineData("stop")]
    [InlineData("logs")]
    public async Task Verb_NothingRuns_ExitsWithNotFound(string verb)
    {
        var run = await CommandRun.OfAsync(["workers", .. verb.Split(' '), "--data", _workers.Data]);

        Assert.Equal(ExitCode.NotFound, run.ExitCode);
        Assert.Contains(_workers.Folder.Path, run.Error, StringComparison.Ordinal);
        Assert.False(Directory.Exists(_workers.Data));
    }

    private const string Nowhere = "http://127.0.0.1:9";

    private static List<int> Pids(WorkersStatus status) => [.. status.Workers.Select(worker => worker.Pid!.Value)];

    private async Task AssertStopsAsync(int drained)
    {
        var run = await _workers.RunAsync("stop", "--json");
        Assert.True(run.ExitCode == ExitCode.Ok, run.Error);
        Assert.Equal((drained, 0), (ManagedWorkers.Parse(run).Drained, ManagedWorkers.Parse(run).Killed));
        Assert.Empty(_workers.Alive);
    }

    private static Task UntilAliveAsync(SiloHttpClient client, params string[] names) => Await.Until(
        async () => (await client.ListNodesAsync()).Nodes.Where(node => node.Alive).Select(node => node.Name).SequenceEqual(names), Limit, $"the nodes {string.Join(", ", names)}");

    private static Task UntilBusyAsync(SiloHttpClient client) =>
        Await.Until(async () => (await client.ListNodesAsync()).Nodes.Any(node => node.Running > 0), Limit, "a task to run");

    private static async Task<IReadOnlyList<Guid>> SubmitAsync(SiloHttpClient client, int count, int milliseconds) =>
        [.. (await client.SubmitAsync([.. Enumerable.Range(0, count).Select(_ => new SubmitTaskRequest { Type = "sleep", Payload = RawJson.Parse($$"""{"milliseconds":{{milliseconds}}}""") })])).Select(task => task.Id)];

    /// <summary>All of them, in the end they came to.</summary>
    private static async Task<IReadOnlyList<TaskResponse>> EndedAsync(SiloHttpClient client, IReadOnlyList<Guid> tasks)
    {
        var ended = new List<TaskResponse>();
        foreach (var task in tasks)
        {
            await Await.Until(async () => (await client.GetTaskAsync($"{task}")).FinishedAt is not null, Limit, "a task to end");
            ended.Add(await client.GetTaskAsync($"{task}"));
        }

        return ended;
    }
}
