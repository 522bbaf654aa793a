using System.Text.Json;
using Silo.Testing;

namespace Silo.Handlers.Tests.Processes;

/// <summary>What a program has started ends with its task, however it was detached.</summary>
public sealed class ProcessTreeTests : IDisposable
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);
    private readonly TemporaryFolder _folder = new();
    private readonly HandlerHarness _host = new(configure: options => options.Processes.Allowed.Add("/bin/sh"));

    public void Dispose()
    {
        _host.Dispose();
        _folder.Dispose();
    }

    public static TheoryData<string, string> Descendants => new()
    {
        { "child", "sleep 1000 & echo $! > pid.new" },
        { "orphan of a double fork", "(sleep 1000 & echo $! > pid.new)" },
        { "orphan with a cleared environment", "(env -i sleep 1000 & echo $! > pid.new)" },
        { "daemon in a session of its own", "(setsid sh -c 'echo $$ > pid.new; exec sleep 1000' < /dev/null > /dev/null 2>&1 &); while [ ! -s pid.new ]; do :; done" },
        { "daemon that ignores SIGTERM", "(setsid sh -c 'trap \"\" TERM HUP; echo $$ > pid.new; sleep 1000; sleep 1000' < /dev/null > /dev/null 2>&1 &); while [ ! -s pid.new ]; do :; done" },
    };

    [Theory]
    [MemberData(nameof(Descendants))]
    public async Task Cancel_WithADescendant_EndsIt(string kind, string start)
    {
        using var cancel = new CancellationTokenSource();
        var running = RunAsync($"{start}; mv pid.new pid; sleep 1000", cancel.Token);
        var descendant = await PidAsync("pid", running);
        Assert.True(IsAlive(descendant), kind);
        await cancel.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Await.Within(running, Limit, "the task to stop"));
        Assert.False(IsAlive(descendant), kind);
    }

    [Theory]
    [MemberData(nameof(Descendants))]
    public async Task End_OfTheProgram_EndsWhatItLeftBehind(string kind, string start)
    {
        await Await.Within(RunAsync($"{start}; mv pid.new pid", CancellationToken.None), Limit, "the task to end");

        Assert.False(IsAlive(await PidAsync("pid", Task.CompletedTask)), kind);
    }

    [Fact]
    public async Task Cancel_OfAProgramThatIgnoresSigterm_KillsItAfterTheGrace()
    {
        using var cancel = new CancellationTokenSource();
        var running = RunAsync("trap 'echo asked > asked' TERM; echo $$ > pid.new; mv pid.new pid; while :; do sleep 1000; done", cancel.Token);
        var program = await PidAsync("pid", running);
        await cancel.CancelAsync();
        await Await.Until(() => File.Exists(_folder.Combine("asked")), Limit, "the program to be asked");
        await Await.Within(_host.Clock.WhenTimersArmedAsync(1), Limit, "the grace to begin");
        Assert.True(IsAlive(program));
        Assert.False(running.IsCompleted);
        _host.Clock.Advance(TimeSpan.FromSeconds(2));

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Await.Within(running, Limit, "the task to stop"));
        Assert.False(Directory.Exists($"/proc/{program}"), "The program itself is waited for, so not even a zombie is left.");
    }

    [Fact]
    public async Task End_OfTheProgram_LeavesNoZombieOfThisProcess()
    {
        await Await.Within(RunAsync("echo $$ > pids; (sleep 1000 & echo $! >> pids); (setsid sleep 1000 & echo $! >> pids)", CancellationToken.None), Limit, "the task to end");
        var processes = await File.ReadAllLinesAsync(_folder.Combine("pids"));

        Assert.Equal(3, processes.Length);
        Assert.DoesNotContain(processes, process => Stat($"/proc/{process}") is ["Z", var parent, ..] && parent == $"{Environment.ProcessId}");
    }

    private Task<string> RunAsync(string script, CancellationToken cancellationToken)
    {
        var payload = JsonSerializer.Serialize(new { file = "/bin/sh", arguments = new[] { "-c", script }, workingDirectory = _folder.Path });
        return _host.RunAsync("process", payload, cancellationToken: cancellationToken);
    }

    private async Task<int> PidAsync(string name, Task running)
    {
        await Await.Until(() => File.Exists(_folder.Combine(name)) || running.IsFaulted, Limit, "the process to start");
        return int.Parse(await File.ReadAllTextAsync(_folder.Combine(name)));
    }

    /// <summary>A zombie is dead: it waits for whoever adopts orphans to take its exit code.</summary>
    private static bool IsAlive(int process) => Stat($"/proc/{process}") is { } stat && stat[0] is not ("Z" or "X");

    /// <summary>State, parent, …; null when there is no such process.</summary>
    private static string[]? Stat(string folder)
    {
        try
        {
            var stat = File.ReadAllText($"{folder}/stat");
            return stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
        }
        catch (IOException)
        {
            return null;
        }
    }
}
