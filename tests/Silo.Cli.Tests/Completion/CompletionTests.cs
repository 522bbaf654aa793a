using System.Diagnostics;
using Silo.Cli.Invocation;
using Silo.Cli.Tests.Invocation;
using Silo.Testing;

namespace Silo.Cli.Tests.Completion;

public sealed class CompletionTests
{
    [Theory]
    [InlineData("silo ca", "cancel")]
    [InlineData("./silo tasks --st", "--state")]
    [InlineData("silo workers sta", "stats")]
    [InlineData("silo completion ", "fish")]
    public async Task Complete_LineUpToTheCursor_OffersWhatCanCome(string line, string expected)
    {
        var run = await CommandRun.OfAsync("complete", line);

        Assert.Equal(ExitCode.Ok, run.ExitCode);
        Assert.Contains(expected, run.Output.Split('\n'));
    }

    [Fact]
    public async Task Completion_EveryShell_PrintsAScriptThatAsksTheProgram()
    {
        foreach (var shell in new[] { "bash", "zsh", "fish" })
        {
            var run = await CommandRun.OfAsync("completion", shell);

            Assert.Equal(ExitCode.Ok, run.ExitCode);
            Assert.Contains(" complete ", run.Output, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Completion_UnknownShell_NamesTheKnownOnes()
    {
        var run = await CommandRun.OfAsync("completion", "powershell");

        Assert.Equal(ExitCode.Usage, run.ExitCode);
        Assert.Contains("bash", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task BashScript_Loaded_CompletesAVerb()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux() || OperatingSystem.IsMacOS(), "bash is there on Unix only.");
        using var folder = new TemporaryFolder();
        var script = folder.Write("silo.bash", (await CommandRun.OfAsync("completion", "bash")).Output);
        var program = Path.ChangeExtension(typeof(SiloProgram).Assembly.Location, null);

        // What bash does at a press of Tab after "silo dra".
        var output = await BashAsync($"""
            source '{script}'
            COMP_LINE='silo dra' COMP_POINT=8 COMP_WORDS=(silo dra) COMP_CWORD=1
            _silo '{program}' dra silo
            printf '%s\n' "${"{COMPREPLY[@]}"}"
            """);

        Assert.Equal("drain", output.Trim());
    }

    private static async Task<string> BashAsync(string script)
    {
        using var bash = Process.Start(new ProcessStartInfo("bash", ["--norc", "-c", script]) { RedirectStandardOutput = true })!;
        var output = await Await.Within(bash.StandardOutput.ReadToEndAsync(), TimeSpan.FromMinutes(1), "bash to complete");
        await Await.Within(bash.WaitForExitAsync(), TimeSpan.FromMinutes(1), "bash to end");
        return output;
    }
}
