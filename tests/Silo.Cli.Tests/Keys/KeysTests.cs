using System.Text.Json;
using Silo.Cli.Invocation;
using Silo.Cli.Processes;
using Silo.Cli.Tests.Invocation;
using Silo.Cli.Tests.Serving;
using Silo.Client;
using Silo.Testing;

namespace Silo.Cli.Tests.Keys;

public sealed class KeysTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task New_KeysGivenToAServer_MayDoWhatTheirScopesSay()
    {
        var reader = await NewAsync("board", "--scope", "read");
        var both = await NewAsync("ci", "--scope", "submit,read");
        var file = _folder.Write("keys", $"# the team's\n{reader.Line}\n{both.Line}\n");
        await using var server = await RunningServer.StartAsync(_folder, "--slots", "0", "--api-key-file", file);

        var without = await CommandRun.OfAsync("nodes", "--server", server.Address);
        var read = await CommandRun.OfAsync("nodes", "--server", server.Address, "--api-key", reader.Key);
        var fromEnvironment = await CommandRun.OfAsync(new Dictionary<string, string> { ["SILO_API_KEY"] = reader.Key }, "nodes", "--server", server.Address);
        var refused = await CommandRun.OfAsync("submit", "echo", "1", "--server", server.Address, "--api-key", reader.Key);
        var submitted = await CommandRun.OfAsync("submit", "echo", "1", "--server", server.Address, "--api-key", both.Key);

        Assert.Equal(
            (ExitCode.Unauthorized, ExitCode.Ok, ExitCode.Ok, ExitCode.Unauthorized, ExitCode.Ok),
            (without.ExitCode, read.ExitCode, fromEnvironment.ExitCode, refused.ExitCode, submitted.ExitCode));
        Assert.Contains("'submit'", refused.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task New_ForPeople_PrintsTheKeyAndItsLineAsData()
    {
        var run = await CommandRun.OfAsync("keys", "new", "ci", "--scope", "submit", "--scope", "operate");

        var lines = run.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(2, lines.Length);
        Assert.StartsWith("silo_", lines[0], StringComparison.Ordinal);
        Assert.StartsWith("ci:submit,operate:", lines[1], StringComparison.Ordinal);
        Assert.DoesNotContain(lines[0], run.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("keys new ci", "--scope")]
    [InlineData("keys new ci --scope admin", "--scope 'admin' must be one of read, submit, operate, worker")]
    [InlineData("keys new c:i --scope read", "must be name:scopes:sha256")]
    [InlineData("keys new c%i --scope read", "has the name 'c%i'")]
    public async Task New_WrongCommandLine_ExitsWithUsageAndSaysTheRule(string commandLine, string expected)
    {
        var run = await CommandRun.OfAsync(commandLine.Split(' '));

        Assert.Equal(ExitCode.Usage, run.ExitCode);
        Assert.Contains(expected, run.Error, StringComparison.Ordinal);
        Assert.Empty(run.Output);
    }

    [Fact]
    public async Task Up_KeysThatAreWrong_ExitWithUsageAndNeverRepeatTheSecret()
    {
        var shortKey = await CommandRun.OfAsync("up", "--listen", "127.0.0.1:0", "--api-key", "my-secret");
        var wrongFile = await CommandRun.OfAsync("up", "--listen", "127.0.0.1:0", "--api-key-file", _folder.Write("keys", "ci:admin:my-secret\n"));

        Assert.All([shortKey, wrongFile], run => Assert.Equal(ExitCode.Usage, run.ExitCode));
        Assert.All([shortKey, wrongFile], run => Assert.DoesNotContain("my-secret", run.Error, StringComparison.Ordinal));
        Assert.Contains("keys:1 has the scope 'admin'", wrongFile.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Worker_KeyWithoutTheScope_ExitsAsUnauthorized_AndWithItJoins()
    {
        var worker = await NewAsync("nodes", "--scope", "worker,read");
        var reader = await NewAsync("board", "--scope", "read");
        await using var server = await RunningServer.StartAsync(_folder, "--slots", "0", "--api-key-file", _folder.Write("keys", $"{reader.Line}\n{worker.Line}\n"));

        var without = await CommandRun.OfAsync("worker", "--server", server.Address);
        var wrong = await CommandRun.OfAsync("worker", "--server", server.Address, "--api-key", "none-of-this-server");
        var lacking = await CommandRun.OfAsync("worker", "--server", server.Address, "--api-key", reader.Key);
        Assert.All([without, wrong, lacking], run => Assert.Equal(ExitCode.Unauthorized, run.ExitCode));
        Assert.Contains("a worker needs the scope 'worker'", lacking.Error, StringComparison.Ordinal);

        await using var joined = SiloProcess.Start("worker", ["worker", "--server", server.Address, "--name", "one", "--api-key", worker.Key], _folder.Combine("worker.log"));
        using var client = new SiloHttpClient(new Uri(server.Address), worker.Key);
        await Await.Until(async () => (await client.ListNodesAsync()).Nodes.Any(node => node.Alive), TimeSpan.FromMinutes(2), "the worker to join");
    }

    [Fact]
    public async Task Verb_KeyThatCannotBeSent_ExitsWithUsageWithoutRepeatingIt()
    {
        var run = await CommandRun.OfAsync("nodes", "--server", "http://127.0.0.1:9", "--api-key", "my secret");

        Assert.Equal(ExitCode.Usage, run.ExitCode);
        Assert.DoesNotContain("my secret", run.Error, StringComparison.Ordinal);
    }

    private static async Task<(string Key, string Line)> NewAsync(params string[] options)
    {
        var made = JsonElement.Parse((await CommandRun.OfAsync(["keys", "new", .. options, "--json"])).Output);
        return (made.GetProperty("key").GetString()!, made.GetProperty("line").GetString()!);
    }
}
