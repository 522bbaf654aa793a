using Silo.Cli.Invocation;
using Silo.Cli.Tests.Invocation;
using Silo.Testing.Postgres;

namespace Silo.Cli.Tests.Serving;

/// <summary>A database that cannot be used: the server does not start, and says which setting and what to do.</summary>
public sealed class PostgresRefusalTests
{
    [Fact]
    public async Task Up_NoServerThere_NamesTheSettingItCameFrom()
    {
        const string url = "postgresql://ann:hidden@127.0.0.1:9/jobs";

        AssertRefused(await UpAsync(url), "No server answers", "--connection");
        AssertRefused(await CommandRun.OfAsync(new Dictionary<string, string> { ["DATABASE_URL"] = url }, "up", "--store", "postgres", "--listen", "127.0.0.1:0"), "No server answers", "DATABASE_URL");
    }

    [Fact]
    public async Task Up_WrongPassword_SaysSo() =>
        AssertRefused(await UpAsync((await PostgresServer.SharedAsync()).Url("postgres", password: "hidden")), "password authentication failed", "--connection");

    [Fact]
    public async Task Up_NoSuchDatabase_SaysHowToMakeIt() =>
        AssertRefused(await UpAsync((await PostgresServer.SharedAsync()).Url("absent")), "is not there", "createdb");

    [Fact]
    public async Task Up_RoleWithoutRights_SaysWhatToGrant()
    {
        var server = await PostgresServer.SharedAsync();
        await using var database = await server.CreateDatabaseAsync();
        await database.ExecuteAsync($"create role weak_{database.Name} login password 'hidden'");

        AssertRefused(await UpAsync(server.Url(database.Name, $"weak_{database.Name}", "hidden")), "lacks rights", "GRANT CREATE");
    }

    [Fact]
    public async Task Up_ReadOnlyReplica_SaysToNameThePrimary()
    {
        await using var replica = await PostgresServer.StartReplicaAsync();

        AssertRefused(await UpAsync(replica.Url("postgres")), "read-only replica", "primary");
    }

    [Fact]
    public async Task Up_DatabaseIsReadOnly_SaysWhichSetting()
    {
        await using var database = await (await PostgresServer.SharedAsync()).CreateDatabaseAsync();
        await database.ExecuteAsync($"alter database {database.Name} set default_transaction_read_only = on");

        AssertRefused(await UpAsync(database.Url), "read-only", "default_transaction_read_only");
    }

    private static Task<CommandRun> UpAsync(string url) => CommandRun.OfAsync("up", "--store", "postgres", "--listen", "127.0.0.1:0", "--connection", url);

    private static void AssertRefused(CommandRun run, string found, string fix)
    {
        Assert.Equal(ExitCode.Failed, run.ExitCode);
        Assert.Contains(found, run.Error, StringComparison.Ordinal);
        Assert.Contains(fix, run.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("hidden", run.Error, StringComparison.Ordinal);
    }
}
