using System.Text.Json;
using Silo.Cli.Doctor;
using Silo.Cli.Invocation;
using Silo.Cli.Tests.Invocation;
using Silo.Storage.Postgres;
using Silo.Testing.Postgres;

namespace Silo.Cli.Tests.Doctor;

public sealed class PostgresDoctorTests : IAsyncLifetime
{
    private PostgresDatabase _database = null!;

    public async ValueTask InitializeAsync() => _database = await (await PostgresServer.SharedAsync()).CreateDatabaseAsync();

    public ValueTask DisposeAsync() => _database.DisposeAsync();

    [Fact]
    public async Task Doctor_EmptyDatabase_FindsNothingWrongAndChangesNothing()
    {
        var run = await RunAsync(_database.Url);

        Assert.Equal(ExitCode.Ok, run.ExitCode);
        Assert.Equal(["dotnet", "port", "store", "version", "rights", "schema", "durability", "store-clock", "server", "clock"], Findings(run).Keys);
        Assert.Contains("silo up makes them", Findings(run)["schema"].Message, StringComparison.Ordinal);
        Assert.Contains("synchronous_commit is on", Findings(run)["durability"].Message, StringComparison.Ordinal);
        Assert.True(await _database.ReadAsync<bool>("select to_regnamespace('silo') is null"));
    }

    [Fact]
    public async Task Doctor_TablesAreThere_SaysTheirVersion()
    {
        PostgresStore.Open(new() { ConnectionString = _database.ConnectionString }).Dispose();

        var run = await RunAsync(_database.Url);

        Assert.Equal(("ok", $"at version {await _database.ReadAsync<int>("select max(version) from silo.schema_versions")}."), (Findings(run)["schema"].Status, Findings(run)["schema"].Message["Silo's tables are there, ".Length..]));
    }

    [Theory]
    [InlineData("postgresql://ann@127.0.0.1:9/jobs", "does not answer", "Start PostgreSQL there")]
    [InlineData("password", "refuses", "Give the right password in --connection")]
    [InlineData("database", "does not exist", "createdb")]
    public async Task Doctor_CannotConnect_SaysTheFixAndNotThePassword(string what, string expected, string fix)
    {
        var url = what switch
        {
            "password" => _database.Server.Url(_database.Name, password: "nobody-knows"),
            "database" => _database.Server.Url("absent"),
            _ => what,
        };

        var run = await RunAsync(url);

        AssertWrong(run, "store", expected, fix);
        Assert.DoesNotContain("nobody-knows", run.Output + run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Doctor_RoleWithoutRights_SaysWhatToGrant()
    {
        var role = await NewRoleAsync();
        AssertWrong(await RunAsync(_database.Server.Url(_database.Name, role, "secret")), "rights", "may not make a schema", $"grant create on database \"{_database.Name}\"");

        PostgresStore.Open(new() { ConnectionString = _database.ConnectionString }).Dispose();
        AssertWrong(await RunAsync(_database.Server.Url(_database.Name, role, "secret")), "rights", "may not use Silo's tables", "grant");

        await _database.ExecuteAsync($"grant create on database {_database.Name} to {role}; drop schema silo cascade");
        Assert.Equal("ok", Findings(await RunAsync(_database.Server.Url(_database.Name, role, "secret")))["rights"].Status);
    }

    [Fact]
    public async Task Doctor_SessionsAreReadOnly_SaysWhichSetting()
    {
        await _database.ExecuteAsync($"alter database {_database.Name} set default_transaction_read_only = on");

        AssertWrong(await RunAsync(_database.Url), "rights", "read-only", "default_transaction_read_only");
    }

    [Fact]
    public async Task Doctor_Replica_SaysToNameThePrimary()
    {
        await using var server = await PostgresServer.StartReplicaAsync();

        AssertWrong(await RunAsync(server.Url("postgres")), "rights", "replica", "primary");
    }

    [Fact]
    public async Task Doctor_ServerThatDoesNotFlush_IsWrong()
    {
        await using var server = await PostgresServer.StartAsync("fsync=off");

        AssertWrong(await RunAsync(server.Url("postgres")), "durability", "fsync is off", "postgresql.conf");
    }

    [Fact]
    public void Judge_ServerTooOld_SaysWhichIsNeeded() =>
        Assert.Contains(PostgresCheck.Judge(new PostgresFacts { Version = 140_005, VersionText = "14.5" }), finding => finding is { Check: "version", Status: FindingStatus.Wrong, Fix: "Use PostgreSQL 15 or newer." });

    [Theory]
    [InlineData(-20, "ahead of")]
    [InlineData(20, "behind")]
    public void Judge_ClocksApart_SaysWhichWay(double aheadSeconds, string way) =>
        Assert.Contains(PostgresCheck.Judge(new PostgresFacts { Ahead = TimeSpan.FromSeconds(aheadSeconds) }), finding => finding is { Check: "store-clock", Status: FindingStatus.Wrong } && finding.Message.Contains($"20 s {way} the database's", StringComparison.Ordinal));

    [Fact]
    public void Judge_CommitsAreNotAwaitedByDefault_SaysThatOursAre() =>
        Assert.Contains(PostgresCheck.Judge(new PostgresFacts { SynchronousCommit = "off" }), finding => finding is { Check: "durability", Status: FindingStatus.Ok } && finding.Message.EndsWith("off by default, and on in Silo's own sessions.", StringComparison.Ordinal));

    private async Task<string> NewRoleAsync()
    {
        var role = $"role_{_database.Name}";
        await _database.ExecuteAsync($"create role {role} login password 'secret'");
        return role;
    }

    private static Task<CommandRun> RunAsync(string url) =>
        CommandRun.OfAsync(new Dictionary<string, string>(), "doctor", "--json", "--listen", "127.0.0.1:0", "--store", "postgres", "--connection", url);

    private static Dictionary<string, (string? Status, string Message, string? Fix)> Findings(CommandRun run) =>
        run.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonElement.Parse(line)).ToDictionary(
            line => line.GetProperty("check").GetString()!,
            line => (line.GetProperty("status").GetString(), line.GetProperty("message").GetString()!, line.TryGetProperty("fix", out var fix) ? fix.GetString() : null));

    private static void AssertWrong(CommandRun run, string check, string message, string fix)
    {
        Assert.Equal(ExitCode.Failed, run.ExitCode);
        var finding = Findings(run)[check];
        Assert.Equal("wrong", finding.Status);
        Assert.Contains(message, finding.Message, StringComparison.Ordinal);
        Assert.Contains(fix, finding.Fix, StringComparison.Ordinal);
    }
}
