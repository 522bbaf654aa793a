using Silo.Cli.Invocation;
using Silo.Cli.Processes;
using Silo.Cli.Workers.Control;
using Silo.Cli.Workers.Running;

namespace Silo.Cli.Workers;

/// <summary>Starts a manager that goes on in the background.</summary>
/// <param name="program">The program that is started.</param>
/// <param name="arguments">Verb and options of a manager in the foreground.</param>
/// <param name="environment">Set besides what this process has.</param>
internal sealed class WorkersDaemon(WorkersFolder folder, IReadOnlyList<string> program, IReadOnlyList<string> arguments, IReadOnlyDictionary<string, string> environment)
{
    private const int LinesShownMax = 5;
    private static readonly TimeSpan StartLimit = TimeSpan.FromMinutes(1), Look = TimeSpan.FromMilliseconds(100);

    public static CommandException AlreadyRuns(WorkersFolder folder) => new(
        ExitCode.Conflict,
        $"A manager{(folder.ReadManager() is { } other ? $" (pid {other.Process.Id})" : "")} already runs for {folder.Path}: change it with silo workers scale N, or start another one with another --data and --name.");

    /// <returns>How the new manager is, once it answers.</returns>
    /// <exception cref="CommandException">There is one already, or the new one ended.</exception>
    public async Task<WorkersStatus> StartAsync(CancellationToken cancellationToken)
    {
        using (await folder.LockAsync(cancellationToken) ?? throw AlreadyRuns(folder))
        {
            // Nobody manages these workers; the new manager takes the lock for itself, and is refused if another one is quicker.
        }

        var said = new LogFollower(folder.ManagerLog, File.Exists(folder.ManagerLog) ? new FileInfo(folder.ManagerLog).Length : 0);
        using var manager = DetachedProcess.Start(program.Concat(arguments), folder.ManagerLog, environment);
        var begin = TimeProvider.System.GetTimestamp();
        while (TimeProvider.System.GetElapsedTime(begin) < StartLimit)
        {
            if (manager.HasExited)
            {
                var lines = said.Read();
                throw new CommandException(manager.ExitCode == (int)ExitCode.Conflict ? ExitCode.Conflict : ExitCode.Failed, $"The manager ended with exit code {manager.ExitCode}: {string.Join(Environment.NewLine, lines.TakeLast(LinesShownMax))}");
            }

            using var client = await ControlClient.ConnectOrNullAsync(folder.Socket, cancellationToken);
            if (client is not null && await client.AskAsync(new ControlRequest(ControlVerb.Status), _ => { }, cancellationToken) is { } status)
            {
                return status;
            }

            await Task.Delay(Look, cancellationToken);
        }

        throw new CommandException(ExitCode.Failed, $"The manager (pid {manager.Id}) did not answer within {StartLimit.TotalSeconds:0} s. It says in {folder.ManagerLog} what it waits for.");
    }
}
