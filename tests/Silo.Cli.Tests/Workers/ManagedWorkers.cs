using System.Collections.Concurrent;
using System.Text.Json;
using Silo.Cli.Invocation;
using Silo.Cli.Processes;
using Silo.Cli.Tests.Invocation;
using Silo.Cli.Workers.Control;
using Silo.Cli.Workers.Roster;
using Silo.Cli.Workers.Running;
using Silo.Testing;

namespace Silo.Cli.Tests.Workers;

/// <summary>The manager of a temporary folder, by its verbs. At the end nothing that was started there is left, whatever happens.</summary>
internal sealed class ManagedWorkers : IDisposable
{
    public static readonly TimeSpan Limit = TimeSpan.FromMinutes(3);

    private readonly TemporaryFolder _folder = new();
    private readonly ConcurrentDictionary<int, ProcessIdentity> _seen = new();

    public ManagedWorkers() => Folder = WorkersFolder.Of(Data);

    public string Data => _folder.Combine("data");

    public WorkersFolder Folder { get; }

    /// <summary>Every process that was ever seen here and lives.</summary>
    public IEnumerable<ProcessIdentity> Alive => _seen.Values.Where(process => process.IsAlive);

    public async Task<CommandRun> RunAsync(string verb, params string[] options)
    {
        var run = await Await.Within(CommandRun.OfAsync(["workers", verb, "--data", Data, .. options]), Limit, $"silo workers {verb}");
        Notice();
        return run;
    }

    /// <summary><c>start -d</c>, which must succeed.</summary>
    public async Task<WorkersStatus> StartAsync(params string[] options)
    {
        var run = await RunAsync("start", ["-d", "--name", "w", "--json", .. options]);
        Assert.True(run.ExitCode == ExitCode.Ok, run.Error);
        return Parse(run);
    }

    public async Task<WorkersStatus> StatusAsync(string verb = "status") => Parse(await RunAsync(verb, "--json"));

    public async Task<WorkersStatus> UntilAsync(Func<WorkersStatus, bool> condition, string what)
    {
        WorkersStatus? last = null;
        await Await.Until(async () => condition(last = await StatusAsync()), Limit, what);
        return last!;
    }

    public Task<WorkersStatus> UntilRunningAsync(int count) =>
        UntilAsync(status => status.Workers.Count(worker => worker.State == WorkerPhase.Running) == count, $"{count} running workers");

    public static WorkersStatus Parse(CommandRun run) => JsonSerializer.Deserialize(run.Output, ControlJson.Default.WorkersStatus)!;

    /// <summary>kill -9 of the manager, and the wait until it has gone.</summary>
    public async Task KillManagerAsync()
    {
        var manager = Folder.ReadManager()!.Process;
        UnixSignal.Kill(manager.Id);
        await Await.Until(() => !manager.IsAlive, Limit, "the manager to be dead");
    }

    public void Dispose()
    {
        Notice();
        // The manager first: it would start the others anew.
        foreach (var process in _seen.Values.OrderByDescending(process => process == Folder.ReadManager()?.Process).Where(process => process.IsAlive))
        {
            UnixSignal.Kill(process.Id);
        }

        _folder.Dispose();
    }

    private void Notice()
    {
        foreach (var process in Folder.Living().Select(living => living.Process).Concat(Folder.ReadManager() is { } manager ? [manager.Process] : []))
        {
            _seen[process.Id] = process;
        }
    }
}
