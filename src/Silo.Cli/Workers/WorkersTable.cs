using System.Globalization;
using Silo.Cli.Invocation;
using Silo.Cli.Queues;
using Silo.Cli.Workers.Control;
using Silo.Cli.Workers.Roster;

namespace Silo.Cli.Workers;

/// <summary>Workers as a person or a script reads them.</summary>
internal static class WorkersTable
{
    private static readonly string[] StatusColumns = ["WORKER", "STATE", "PID", "UPTIME", "RESTARTS", "NODE", "LAST END"];
    private static readonly string[] StatsColumns = ["WORKER", "STATE", "PID", "UPTIME", "RESTARTS", "MEM MiB", "CPU%", "NODE", "RUNNING", "PLACED"];

    public static void WriteStatus(Terminal terminal, WorkersStatus status)
    {
        terminal.WriteTable(StatusColumns, status.Workers.Select(worker => (string[])[.. Common(worker), Node(worker.Node), worker.LastEnd ?? ""]));
        SayServer(terminal, status);
    }

    public static void WriteStats(Terminal terminal, WorkersStatus status)
    {
        terminal.WriteTable(StatsColumns, status.Workers.Select(worker => (string[])
        [
            .. Common(worker),
            worker.MemoryBytes is { } bytes ? Text(bytes / (double)(1 << 20)) : "",
            Text(worker.CpuPercent),
            Node(worker.Node),
            Text(worker.Node?.Running),
            Text(worker.Node?.Placed),
        ]));
        if (status.Queues is { Count: > 0 } queues)
        {
            terminal.WriteLine("");
            QueuesCommand.WriteTable(terminal, queues);
        }

        SayServer(terminal, status);
    }

    /// <summary>How many of those that ought to run do.</summary>
    public static string Summary(WorkersStatus status) =>
        $"{status.Workers.Count(worker => worker.State == WorkerPhase.Running)} of {status.Count} workers run; manager {status.Manager}{(status.Stopping ? " is stopping" : "")}, {status.Folder}";

    private static void SayServer(Terminal terminal, WorkersStatus status)
    {
        if (status.ServerProblem is { } problem)
        {
            terminal.Say(problem);
        }
    }

    private static string[] Common(WorkerState worker) =>
    [
        worker.Name,
        worker.State.ToString().ToLowerInvariant(),
        Text(worker.Pid),
        worker.UptimeSeconds is { } seconds ? TimeSpan.FromSeconds(Math.Floor(seconds)).ToString("c", CultureInfo.InvariantCulture) : "",
        Text(worker.Restarts),
    ];

    private static string Node(NodeState? node) => node switch
    {
        null => "",
        { Alive: false } => "dead",
        { Draining: true } => "draining",
        _ => "alive",
    };

    private static string Text(double? number) => number?.ToString("0.#", CultureInfo.InvariantCulture) ?? "";
}
