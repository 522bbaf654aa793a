using System.CommandLine;
using Silo.Cli.Invocation;

namespace Silo.Cli.Workers;

/// <summary><c>silo workers</c>: a manager of worker processes on this machine, for where no service manager does it.</summary>
internal static class WorkersCommand
{
    /// <param name="context">The program around it.</param>
    /// <param name="assembly">The larger program that this one is part of, which workers are then; null for this one.</param>
    public static Command Create(CommandContext context, string? assembly)
    {
        var command = new Command("workers", "Run several workers on this machine: start, watch, scale and stop them together.");
        command.Subcommands.Add(StartWorkersCommand.Create(context, assembly));
        command.Subcommands.Add(WatchWorkersCommands.CreateStatus(context));
        command.Subcommands.Add(WatchWorkersCommands.CreateStats(context));
        command.Subcommands.Add(ChangeWorkersCommands.CreateScale(context));
        command.Subcommands.Add(WorkerLogsCommands.CreateLogs(context));
        command.Subcommands.Add(WorkerLogsCommands.CreateFollow(context));
        command.Subcommands.Add(ChangeWorkersCommands.CreateRestart(context));
        command.Subcommands.Add(ChangeWorkersCommands.CreateStop(context));
        return command;
    }
}
