using System.Security.Cryptography;
using Silo.Cli.Invocation;
using Silo.Cli.Processes;
using Silo.Cli.Tests.Invocation;
using Silo.Contracts.Json;
using Silo.Contracts.Tasks;
using Silo.Testing;

namespace Silo.Cli.Tests.Serving;

public sealed class UpTests : IDisposable
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(120);
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Up_DatabaseIsNoDatabase_RefusesAndLeavesItAsItIs()
    {
        var file = _folder.Write("silo.db", new string('x', 10_000));
        await AssertRefusedAsync(file);
    }

    [Fact]
    public async Task Up_DatabaseIsNewer_RefusesAndLeavesItAsItIs()
    {
        await using (var server = await RunningServer.StartAsync(_folder, "--slots", "0"))
        {
            server.Process.Terminate();
            await Await.Within(server.Process.WaitForExitAsync(default), Limit, "silo up to end");
        }

        var file = _folder.Combine("data/silo.db");
        using (var connection = new Microsoft.Data.Sqlite.SqliteConnection($"Data Source={file};Pooling=False"))
        {
            await connection.OpenAsync();
            using var command = connection.CreateCommand();
            command.CommandText = "PRAGMA user_version = 999999; PRAGMA wal_checkpoint(TRUNCATE);";
            await command.ExecuteNonQueryAsync();
        }

        await AssertRefusedAsync(file);
    }

    [Fact]
    public async Task Up_ToldToStopWhileATaskRuns_LetsItEndAndExitsWithZero()
    {
        await using var server = await RunningServer.StartAsync(_folder, "--slots", "1");
        var task = await server.Client.SubmitAsync(new SubmitTaskRequest { Type = "sleep", Payload = RawJson.Parse("""{"milliseconds":2000}""") });
        await Await.Until(async () => (await server.Client.ListNodesAsync()).Nodes.Any(node => node.Running == 1), Limit, "the task to run");

        server.Process.Terminate();

        Assert.Equal(0, await Await.Within(server.Process.WaitForExitAsync(default), Limit, "silo up to end"));
        await using var next = await RunningServer.StartAsync(_folder, "--slots", "0");
        Assert.Equal("succeeded", (await next.Client.GetTaskAsync(task.Id.ToString())).State);
    }

    [Fact]
    public async Task Up_ApiKeySet_AnswersOnlyThoseWhoSendIt()
    {
        const string key = "0123456789abcdef-secret";
        await using var server = await RunningServer.StartAsync(_folder, "--slots", "0", "--api-key", key);

        var without = await CommandRun.OfAsync("nodes", "--server", server.Address);
        var with = await CommandRun.OfAsync("nodes", "--server", server.Address, "--api-key", key);

        Assert.Equal((ExitCode.Unauthorized, ExitCode.Ok), (without.ExitCode, with.ExitCode));
    }

    [Fact]
    public async Task Up_AddressTaken_SaysSo()
    {
        await using var server = await RunningServer.StartAsync(_folder, "--slots", "0");

        var run = await CommandRun.OfAsync("up", "--listen", server.Address["http://".Length..], "--db", _folder.Combine("other.db"), "--slots", "1");

        Assert.Equal(ExitCode.Failed, run.ExitCode);
        Assert.Contains("cannot be listened on", run.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("warn:", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Worker_StartedWithTheServersAddress_JoinsRunsAndLeaves()
    {
        await using var server = await RunningServer.StartAsync(_folder, "--slots", "0");
        await using var worker = SiloProcess.Start(
            "worker", ["worker", "--server", server.Address, "--name", "one", "--slots", "3", "--label", "zone=eu", "--tier", "fallback"], _folder.Combine("worker.log"));
        await Await.Until(async () => (await server.Client.ListNodesAsync()).Nodes.Any(node => node.Alive), Limit, "the worker to join");

        var node = Assert.Single((await server.Client.ListNodesAsync()).Nodes);
        var run = await CommandRun.OfAsync("submit", "echo", "7", "--wait", "--node", "one", "--require", "zone=eu", "--server", server.Address);
        worker.Terminate();

        Assert.Equal(("one", 3, "fallback", "http"), (node.Name, node.Slots, node.Tier, node.Kind));
        Assert.Equal("7", run.Output.Trim());
        Assert.Equal(0, await Await.Within(worker.WaitForExitAsync(default), Limit, "the worker to end"));
        Assert.False(Assert.Single((await server.Client.ListNodesAsync()).Nodes).Alive);
    }

    private async Task AssertRefusedAsync(string file)
    {
        var before = SHA256.HashData(await File.ReadAllBytesAsync(file));

        var run = await CommandRun.OfAsync("up", "--listen", "127.0.0.1:0", "--db", file, "--slots", "0");

        Assert.Equal(ExitCode.Failed, run.ExitCode);
        Assert.Contains(Path.GetFileName(file), run.Error, StringComparison.Ordinal);
        Assert.Equal(before, SHA256.HashData(await File.ReadAllBytesAsync(file)));
    }
}
