using Silo.Cli.Invocation;
using Silo.Testing;

namespace Silo.Cli.Tests.Invocation;

public sealed class UsageTests
{
    [Theory]
    [InlineData("", "Required command")]
    [InlineData("frobnicate", "There is no verb 'frobnicate'; there are up, worker, workers, submit, ")]
    [InlineData("--frobnicate", "There is no verb '--frobnicate'")]
    [InlineData("submit echo --prioritty 3", "submit has no option '--prioritty'.")]
    [InlineData("submit echo 1 --prioritty 3", "'--prioritty'")]
    [InlineData("submit", "Required argument")]
    [InlineData("submit echo --priority 101", "--priority '101' must be a whole number from 0 to 100.")]
    [InlineData("submit echo --delay soon", "--delay 'soon' must be a time such as")]
    [InlineData("submit echo --label zone", "--label 'zone' must be a name and a value")]
    [InlineData("submit echo --label a=1 --label a=2", "a is given twice")]
    [InlineData("submit echo --wait never", "--wait 'never' must be a time")]
    [InlineData("submit echo {", "no JSON")]
    [InlineData("submit echo @/no/such/file", "cannot be read")]
    [InlineData("tasks --state asleep", "--state 'asleep' must be one of scheduled, ready, running")]
    [InlineData("tasks --limit 0", "--limit '0' must be a whole number from 1")]
    [InlineData("nodes --server here", "--server 'here' must be a server's address")]
    [InlineData("nodes --colour", "--colour")]
    [InlineData("queues --strategy random", "Which queue")]
    [InlineData("up --listen 7070", "--listen '7070' must be an address and a port")]
    [InlineData("up --listen 0.0.0.0:0", "set --api-key")]
    [InlineData("up --slots -1", "--slots '-1' must be a whole number from 0")]
    [InlineData("up --files-root /no/such/folder", "must be a folder that exists")]
    [InlineData("up --allow-http-private 10.0.0.0/33", "--allow-http-private '10.0.0.0/33' must be a range")]
    [InlineData("up --allow-process sh", "--allow-process 'sh' must be the absolute path")]
    [InlineData("worker --allow-process-env A=B", "--allow-process-env 'A=B' must be the name")]
    [InlineData("up --log loud", "--log 'loud' must be one of trace")]
    [InlineData("worker --slots 0", "--slots '0' must be a whole number from 1")]
    [InlineData("worker --weight heavy", "--weight 'heavy' must be a whole number from 1")]
    [InlineData("worker --tier second", "--tier 'second' must be one of primary, fallback")]
    [InlineData("workers start -c 0", "--count '0' must be a whole number from 1 to 256")]
    [InlineData("workers start -d --stop-with-stdin", "give one of them")]
    [InlineData("workers start --slots 0", "--slots '0' must be a whole number from 1")]
    [InlineData("workers start --name a/b", "without white space and '/'")]
    [InlineData("workers scale -1", "N '-1' must be a whole number from 0 to 256")]
    [InlineData("workers scale", "Required argument")]
    [InlineData("workers logs -n many", "--lines 'many' must be a whole number")]
    [InlineData("workers", "Required command")]
    [InlineData("demo /no/such/folder", "is not a folder")]
    [InlineData("demo --freeze --strategies", "two different demos")]
    [InlineData("sim --seeds 5", "./silo sim")]
    public async Task WrongCommandLine_Run_ExitsWithUsageAndSaysTheRule(string commandLine, string expected)
    {
        var run = await CommandRun.OfAsync(commandLine.Split(' ', StringSplitOptions.RemoveEmptyEntries));

        Assert.Equal(ExitCode.Usage, run.ExitCode);
        Assert.Contains(expected, run.Error, StringComparison.Ordinal);
        Assert.Empty(run.Output);
    }

    [Fact]
    public async Task SeveralWrongOptions_Run_AreAllNamedAtOnce()
    {
        var run = await CommandRun.OfAsync("worker", "--slots", "many", "--weight", "heavy");

        Assert.Contains("--slots 'many'", run.Error, StringComparison.Ordinal);
        Assert.Contains("--weight 'heavy'", run.Error, StringComparison.Ordinal);
        Assert.Contains("Try: silo worker --help", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Help_Asked_NamesEveryVerb()
    {
        var run = await CommandRun.OfAsync("--help");

        Assert.Equal(ExitCode.Ok, run.ExitCode);
        Assert.All(
            ["up", "worker", "workers", "submit", "tasks", "task", "cancel", "retry", "nodes", "drain", "queues", "keys", "config", "doctor", "health", "completion", "demo", "sim", "bench"],
            verb => Assert.Matches($@"(?m)^\s+{verb}\b", run.Output));
    }

    [Fact]
    public async Task Environment_WrongValue_IsNamedByItsVariable()
    {
        var run = await CommandRun.OfAsync(new Dictionary<string, string> { ["SILO_SERVER"] = "nowhere" }, "nodes");

        Assert.Equal(ExitCode.Usage, run.ExitCode);
        Assert.Contains("SILO_SERVER 'nowhere'", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Environment_AndOptionGiven_OptionCounts()
    {
        // Port 9 of this machine: nobody listens there, so the answer tells which of the two addresses was taken.
        var run = await CommandRun.OfAsync(new Dictionary<string, string> { ["SILO_SERVER"] = "nowhere" }, "nodes", "--server", "http://127.0.0.1:9");

        Assert.Equal(ExitCode.Unreachable, run.ExitCode);
        Assert.Contains("127.0.0.1:9", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Environment_OnlySource_IsUsed() =>
        Assert.Equal(ExitCode.Unreachable, (await CommandRun.OfAsync(new Dictionary<string, string> { ["SILO_SERVER"] = "http://127.0.0.1:9" }, "nodes")).ExitCode);

    [Fact]
    public async Task Ledger_FolderDoesNotExist_ExitsWithUsage()
    {
        using var folder = new TemporaryFolder();

        var run = await CommandRun.OfAsync("worker", "--server", "http://127.0.0.1:9", "--ledger", folder.Combine("absent/worker.ledger"));

        Assert.Equal(ExitCode.Usage, run.ExitCode);
        Assert.Contains("cannot be opened", run.Error, StringComparison.Ordinal);
    }
}
