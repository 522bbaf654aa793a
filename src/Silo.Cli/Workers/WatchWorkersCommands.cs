using System.CommandLine;
using Silo.Cli.Invocation;
using Silo.Cli.Processes;
using Silo.Cli.Workers.Control;
using Silo.Cli.Workers.Roster;
using Silo.Cli.Workers.Running;

namespace Silo.Cli.Workers;

/// <summary><c>silo workers status</c> and <c>stats</c>: how the workers are, from their manager, or from what a killed one has left.</summary>
internal static class WatchWorkersCommands
{
    public static Command CreateStatus(CommandContext context) =>
        Create(context, "status", "Show the workers and whether their server answers. Exit code 1 when fewer run than ought to, 3 when there is no manager.", ControlVerb.Status, WorkersTable.WriteStatus);

    public static Command CreateStats(CommandContext context) =>
        Create(context, "stats", "Show what the workers take of the machine, what they do, and the server's queues.", ControlVerb.Stats, WorkersTable.WriteStats);

    private static Command Create(CommandContext context, string name, string description, ControlVerb verb, Action<Terminal, WorkersStatus> write)
    {
        var command = new Command(name, description);
        var data = new FolderOption(context, command);
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var folder = data.Read(parsed);
            var status = await ReadAsync(folder, verb, cancellationToken);
            if (parsed.GetValue(context.Json))
            {
                context.Terminal.WriteJson(status, ControlJson.Default.WorkersStatus);
            }
            else if (status.Manager is not null || status.Workers.Count > 0)
            {
                write(context.Terminal, status);
            }

            if (status.Manager is null)
            {
                throw FolderOption.NotRunning(folder);
            }

            context.Terminal.Say(WorkersTable.Summary(status));
            return (int)(status.Workers.Count(worker => worker.State == WorkerPhase.Running) >= status.Count ? ExitCode.Ok : ExitCode.Failed);
        });
        return command;
    }

    private static async Task<WorkersStatus> ReadAsync(WorkersFolder folder, ControlVerb verb, CancellationToken cancellationToken)
    {
        using var client = await ControlClient.ConnectOrNullAsync(folder.Socket, cancellationToken);
        var status = client is null ? null : await client.AskAsync(new ControlRequest(verb), _ => { }, cancellationToken);
        return status ?? LeftBehind(folder);
    }

    private static WorkersStatus LeftBehind(WorkersFolder folder) => new()
    {
        Folder = folder.Path,
        Count = folder.ReadManager()?.Count,
        Workers =
        [
            .. folder.Living().Select(living => new WorkerState
            {
                Name = living.Name,
                State = WorkerPhase.Running,
                Pid = living.Process.Id,
                UptimeSeconds = ProcessUsage.Of(living.Process) is { } usage ? Math.Round(usage.Age.TotalSeconds, 1) : null,
            }),
        ],
    };
}
