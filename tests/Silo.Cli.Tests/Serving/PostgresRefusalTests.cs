using Silo.Cli.Invocation;
using Silo.Cli.Processes;
using Silo.Cli.Tests.Invocation;
using Silo.Testing;
using Silo.Testing.Postgres;

namespace Silo.Cli.Tests.Serving;

/// <summary>A database that cannot be used: the server says which setting and what to do, waits for it where somebody could repair it there, and ends where nobody could.</summary>
public sealed class PostgresRefusalTests
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(2);

    [Fact]
    public async Task Up_NoServerThere_NamesTheSettingItCameFrom()
    {
        const string url = "postgresql://ann:hidden@127.0.0.1:9/jobs";

        await AssertWaitsAsync(url, "No server answers", "--connection");
        await AssertWaitsAsync(null, "No server answers", "DATABASE_URL", new() { ["DATABASE_URL"] = url });
    }

    [Fact]
    public async Task Up_WrongPassword_SaysSo() =>
        await AssertWaitsAsync((await PostgresServer.SharedAsync()).Url("postgres", password: "hidden"), "password authentication failed", "--connection");

    [Fact]
    public async Task Up_NoSuchDatabase_SaysHowToMakeIt() =>
        await AssertWaitsAsync((await PostgresServer.SharedAsync()).Url("absent"), "is not there", "createdb");

    [Fact]
    public async Task Up_RoleWithoutRights_SaysWhatToGrant()
    {
        var server = await PostgresServer.SharedAsync();
        await using var database = await server.CreateDatabaseAsync();
        await database.ExecuteAsync($"create role weak_{database.Name} login password 'hidden'");

        await AssertWaitsAsync(server.Url(database.Name, $"weak_{database.Name}", "hidden"), "lacks rights", "GRANT CREATE");
    }

    [Fact]
    public async Task Up_ReadOnlyReplica_SaysToNameThePrimary()
    {
        await using var replica = await PostgresServer.StartReplicaAsync();

        await AssertWaitsAsync(replica.Url("postgres"), "read-only replica", "primary");
    }

    [Fact]
    public async Task Up_DatabaseIsReadOnly_SaysWhichSetting()
    {
        await using var database = await (await PostgresServer.SharedAsync()).CreateDatabaseAsync();
        await database.ExecuteAsync($"alter database {database.Name} set default_transaction_read_only = on");

        await AssertWaitsAsync(database.Url, "read-only", "default_transaction_read_only");
    }

    [Fact]
    public async Task Up_DatabaseOfANewerSilo_IsRefused()
    {
        await using var database = await (await PostgresServer.SharedAsync()).CreateDatabaseAsync();
        await database.ExecuteAsync("create schema silo; create table silo.schema_versions (version integer); insert into silo.schema_versions values (999)");

        var run = await CommandRun.OfAsync("up", "--store", "postgres", "--listen", "127.0.0.1:0", "--connection", database.Url);

        Assert.Equal(ExitCode.Failed, run.ExitCode);
        Assert.Contains("schema version 999", run.Error, StringComparison.Ordinal);
    }

    /// <summary>The whole reason is in the log; who asks over HTTP hears of no user and no machine.</summary>
    private static async Task AssertWaitsAsync(string? url, string found, string fix, Dictionary<string, string>? environment = null)
    {
        var address = $"127.0.0.1:{LoopbackPorts.Free()}";
        string[] connection = url is null ? [] : ["--connection", url];
        using var output = new StringWriter();
        using var error = new LineSignal("Not ready: ");
        using var stop = new CancellationTokenSource();
        var running = SiloProgram.RunAsync(["up", "--store", "postgres", "--listen", address, .. connection], new Terminal(output, error, isInteractive: false), environment ?? [], stop.Token);
        await Await.Within(Task.WhenAny(error.Seen, running), Limit, "the server to say why it is not ready");
        var health = await CommandRun.OfAsync("health", "--server", $"http://{address}");
        await stop.CancelAsync();

        Assert.Equal(0, await Await.Within(running, Limit, "the server to end"));
        Assert.Contains(found, error.ToString(), StringComparison.Ordinal);
        Assert.Contains(fix, error.ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain("hidden", error.ToString(), StringComparison.Ordinal);
        Assert.Equal(ExitCode.Unreachable, health.ExitCode);
        Assert.Equal("The database cannot be used yet; the log has the reason. Try again after a moment. (not_ready)", health.Error.Trim());
    }
}
