using Silo.Cli.Invocation;
using Silo.Cli.Tests.Invocation;
using Silo.Testing;

namespace Silo.Cli.Tests.Serving;

/// <summary>The codes that every verb which calls a server shares; those of a single verb are tested with it.</summary>
public sealed class ExitCodeTests
{
    private const string SomeTask = "0192f0c1-2f6e-7000-8000-000000000000";

    private static readonly string[][] Calls =
    [
        ["submit", "echo", "1"],
        ["submit", "echo", "1", "--wait"],
        ["tasks"],
        ["task", SomeTask],
        ["task", SomeTask, "--watch"],
        ["cancel", SomeTask],
        ["retry", SomeTask],
        ["nodes"],
        ["events"],
        ["drain", "local"],
        ["queues"],
        ["queues", "night", "--strategy", "random"],
    ];

    [Fact]
    public async Task Verb_NobodyAnswers_ExitsWithUnreachable()
    {
        foreach (var call in Calls)
        {
            // Port 9 of this machine: nobody listens there.
            await AssertRefusedAsync(ExitCode.Unreachable, [.. call, "--server", "http://127.0.0.1:9"]);
        }
    }

    [Fact]
    public async Task Verb_KeyIsMissingOrWrong_ExitsWithUnauthorized()
    {
        using var folder = new TemporaryFolder();
        await using var server = await RunningServer.StartAsync(folder, "--slots", "0", "--api-key", "0123456789abcdef-secret");

        foreach (var call in Calls)
        {
            await AssertRefusedAsync(ExitCode.Unauthorized, [.. call, "--server", server.Address]);
            await AssertRefusedAsync(ExitCode.Unauthorized, [.. call, "--server", server.Address, "--api-key", "another-0123456789"]);
        }
    }

    [Fact]
    public async Task Verb_StoppedBeforeItsAnswer_ExitsWithInterrupted()
    {
        using var stopped = new CancellationTokenSource();
        await stopped.CancelAsync();

        foreach (var call in Calls)
        {
            using var output = new StringWriter();
            var exitCode = await SiloProgram.RunAsync(
                [.. call, "--server", "http://127.0.0.1:9"], new Terminal(output, TextWriter.Null, isInteractive: false), new Dictionary<string, string>(), cancellationToken: stopped.Token);

            Assert.True((int)ExitCode.Interrupted == exitCode, $"silo {string.Join(' ', call)} exits with {exitCode}");
            Assert.Empty(output.ToString());
        }
    }

    private static async Task AssertRefusedAsync(ExitCode expected, string[] args)
    {
        var run = await CommandRun.OfAsync(args);

        Assert.True(expected == run.ExitCode, $"silo {string.Join(' ', args)} exits with {run.ExitCode}: {run.Error}");
        Assert.NotEmpty(run.Error);
        Assert.Empty(run.Output);
    }
}
