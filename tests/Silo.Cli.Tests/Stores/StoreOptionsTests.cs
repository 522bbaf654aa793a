using Silo.Cli.Invocation;
using Silo.Cli.Tests.Invocation;
using Silo.Testing;

namespace Silo.Cli.Tests.Stores;

public sealed class StoreOptionsTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("--connection", "postgresql://typed@db/jobs", "--connection")]
    [InlineData(null, "postgresql://silo@db/jobs", "SILO_CONNECTION")]
    public async Task Connection_SaidInManyPlaces_IsTakenFromTheFirst(string? option, string expected, string origin)
    {
        var environment = new Dictionary<string, string> { ["DATABASE_URL"] = "postgresql://platform@db/jobs", ["SILO_CONNECTION"] = "postgresql://silo@db/jobs" };

        Assert.Equal((expected, origin), await ShownAsync(environment, option is null ? [] : [option, expected]));
    }

    [Fact]
    public async Task Connection_OfThePlatformAndOfAFile_TheEnvironmentWins()
    {
        var file = _folder.Write("silo.yaml", "connection: postgresql://file@db/jobs\n");

        Assert.Equal(("postgresql://platform@db/jobs", "DATABASE_URL"), await ShownAsync(new() { ["DATABASE_URL"] = "postgresql://platform@db/jobs" }, "--config", file));
        Assert.Equal(("postgresql://file@db/jobs", "silo.yaml: connection"), await ShownAsync([], "--config", file));
    }

    [Fact]
    public async Task Connection_WithAPassword_IsShownWithoutIt() =>
        Assert.Equal(("postgresql://ann:********@db:5432/jobs", "DATABASE_URL"), await ShownAsync(new() { ["DATABASE_URL"] = "postgresql://ann:secret@db/jobs" }));

    [Theory]
    [InlineData("--connection is for --store postgres", "up", "--connection", "postgresql://db/jobs")]
    [InlineData("--db is for the store sqlite", "up", "--store", "postgres", "--connection", "postgresql://db/jobs", "--db", "silo.db")]
    [InlineData("--store 'mysql' must be", "up", "--store", "mysql")]
    [InlineData("The database in PostgreSQL must be named", "up", "--store", "postgres")]
    [InlineData("--connection must be a URL", "doctor", "--store", "postgres", "--connection", "nonsense")]
    public async Task Options_ThatDoNotFit_AreRefusedWithTheWayOut(string expected, params string[] args)
    {
        var run = await CommandRun.OfAsync(args);

        Assert.Equal(ExitCode.Usage, run.ExitCode);
        Assert.Contains(expected, run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task DatabaseUrl_OfAnotherProgram_IsNoMistakeForSqlite()
    {
        var run = await CommandRun.OfAsync(new Dictionary<string, string> { ["DATABASE_URL"] = "mysql://ann:secret@db/shop" }, "doctor", "--json", "--data", _folder.Path);

        Assert.Equal(ExitCode.Ok, run.ExitCode);
        Assert.DoesNotContain("secret", run.Output + run.Error, StringComparison.Ordinal);
    }

    private static async Task<(string Value, string Origin)> ShownAsync(Dictionary<string, string> environment, params string[] args)
    {
        var run = await CommandRun.OfAsync(environment, ["config", "show", "--origin", .. args]);
        var line = run.Output.Split('\n').Single(line => line.StartsWith("connection\t", StringComparison.Ordinal)).Split('\t');
        return (line[1], line[2]);
    }
}
