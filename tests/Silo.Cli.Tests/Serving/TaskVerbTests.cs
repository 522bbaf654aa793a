using System.Text.Json;
using Silo.Cli.Invocation;
using Silo.Cli.Tests.Invocation;
using Silo.Testing;

namespace Silo.Cli.Tests.Serving;

/// <summary>The verbs that look at tasks and change them, against a server with one slot.</summary>
public sealed class TaskVerbTests : IAsyncLifetime
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(2);

    private readonly TemporaryFolder _folder = new();
    private RunningServer? _server;

    public async ValueTask InitializeAsync()
    {
        _server = await RunningServer.StartAsync(_folder, "--slots", "1");
        await Await.Until(async () => (await _server.Client.ListNodesAsync()).Nodes.Any(node => node.Alive), Limit, "the local node to join");
    }

    public async ValueTask DisposeAsync()
    {
        if (_server is { } server)
        {
            await server.DisposeAsync();
        }

        _folder.Dispose();
    }

    [Fact]
    public async Task Task_Result_PrintsItAndNothingElse()
    {
        var id = await SubmitAsync("echo", """{"a":1}""");
        await RunAsync("task", id, "--watch");

        var run = await RunAsync("task", id, "--result");

        Assert.Equal((ExitCode.Ok, """{"a":1}""", ""), (run.ExitCode, run.Output.Trim(), run.Error));
    }

    [Fact]
    public async Task Task_ResultBeforeItsEnd_IsAConflict()
    {
        var id = await SubmitAsync("echo", "1", "--delay", "1h");

        var run = await RunAsync("task", id, "--result");

        Assert.Equal(ExitCode.Conflict, run.ExitCode);
        Assert.Contains("has no result yet", run.Error, StringComparison.Ordinal);
        Assert.Empty(run.Output);
    }

    [Fact]
    public async Task Task_WatchedToItsFailure_ExitsWithOne()
    {
        var id = await SubmitAsync("fail", """{"message":"as asked","retry":false}""");

        var run = await RunAsync("task", id, "--watch", "--json");
        var result = await RunAsync("task", id, "--result");

        Assert.Equal((ExitCode.Failed, ExitCode.Failed), (run.ExitCode, result.ExitCode));
        Assert.Equal("failed", JsonElement.Parse(run.Output).GetProperty("state").GetString());
        Assert.Contains("failed", run.Error, StringComparison.Ordinal);
        Assert.Contains("as asked", result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Task_WatchIsOver_ExitsLikeTimeout()
    {
        var id = await SubmitAsync("echo", "1", "--delay", "1h");

        Assert.Equal(ExitCode.WaitTimeout, (await RunAsync("task", id, "--watch", "50ms")).ExitCode);
    }

    [Fact]
    public async Task Task_WatchInterrupted_ExitsLikeAShell()
    {
        var id = await SubmitAsync("echo", "1", "--delay", "1h");
        using var stop = new CancellationTokenSource();
        using var error = new LineSignal("scheduled");

        var watching = SiloProgram.RunAsync(
            ["task", id, "--watch", "--server", _server!.Address], new Terminal(TextWriter.Null, error, isInteractive: false), new Dictionary<string, string>(), cancellationToken: stop.Token);
        await Await.Within(error.Seen, Limit, "the watch to show the task");
        await stop.CancelAsync();

        Assert.Equal((int)ExitCode.Interrupted, await Await.Within(watching, Limit, "the watch to end"));
    }

    [Fact]
    public async Task Task_WatchedOnATerminal_DrawsABarOnTheErrorStream()
    {
        var id = await SubmitAsync("sleep", """{"milliseconds":1}""");
        using var output = new StringWriter();
        using var error = new StringWriter();

        var exitCode = await SiloProgram.RunAsync(
            ["task", id, "--watch", "--result", "--server", _server!.Address], new Terminal(output, error, isInteractive: false, isErrorInteractive: true), new Dictionary<string, string>());

        Assert.Equal((int)ExitCode.Ok, exitCode);
        Assert.Contains("100", error.ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain("100", output.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task CancelAndRetry_WaitingTask_IsCancelledThenRunsAgain()
    {
        var id = await SubmitAsync("echo", "1", "--delay", "1h");

        var cancelled = await RunAsync("cancel", id);
        var watched = await RunAsync("task", id, "--watch");
        var again = await RunAsync("cancel", id);
        var retried = await RunAsync("retry", id, "--json");
        var retriedAgain = await RunAsync("retry", id);

        Assert.Equal(
            (ExitCode.Ok, ExitCode.Failed, ExitCode.Conflict, ExitCode.Ok, ExitCode.Conflict),
            (cancelled.ExitCode, watched.ExitCode, again.ExitCode, retried.ExitCode, retriedAgain.ExitCode));
        Assert.StartsWith(id, cancelled.Output, StringComparison.Ordinal);
        Assert.Equal(id, JsonElement.Parse(retried.Output).GetProperty("id").GetString());
    }

    [Fact]
    public async Task Cancel_OneOfSeveralIsRefused_ChangesTheOthersAndExitsWithItsCode()
    {
        var first = await SubmitAsync("echo", "1", "--delay", "1h");
        var last = await SubmitAsync("echo", "2", "--delay", "1h");
        const string unknown = "0192f0c1-2f6e-7000-8000-000000000000";

        var run = await RunAsync("cancel", first, unknown, last);

        Assert.Equal(ExitCode.NotFound, run.ExitCode);
        Assert.Equal([first, last], run.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => line.Split('\t')[0]));
        Assert.StartsWith(unknown, run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Drain_ThenResume_IsSeenInTheNodesState()
    {
        var drained = await RunAsync("drain", "local");
        var resumed = await RunAsync("drain", "local", "--resume", "--json");

        Assert.Contains("local\tdraining\t", drained.Output, StringComparison.Ordinal);
        Assert.False(JsonElement.Parse(resumed.Output).GetProperty("draining").GetBoolean());
    }

    private async Task<string> SubmitAsync(params string[] args) => (await RunAsync(["submit", .. args])).Output.Trim();

    private Task<CommandRun> RunAsync(params string[] args) => CommandRun.OfAsync([.. args, "--server", _server!.Address]);
}
