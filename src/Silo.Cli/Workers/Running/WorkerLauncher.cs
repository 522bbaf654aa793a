using System.Diagnostics;
using Silo.Cli.Processes;

namespace Silo.Cli.Workers.Running;

/// <summary>How the workers of a manager are started.</summary>
/// <param name="BaseName">Their nodes are called so, with their numbers.</param>
/// <param name="Program">The program and what it is told before the rest.</param>
/// <param name="Arguments">What every worker is told.</param>
/// <param name="Ledger">Each has one of its own, with its number at the end; null for none.</param>
/// <param name="Environment">Set besides what the manager has.</param>
internal sealed record WorkerLauncher(
    string BaseName, IReadOnlyList<string> Program, IReadOnlyList<string> Arguments, string? Ledger, IReadOnlyDictionary<string, string> Environment)
{
    public string NameOf(int index) => $"{BaseName}-{index}";

    public Process Start(WorkersFolder folder, int index)
    {
        var name = NameOf(index);
        var command = Program.Concat(Arguments).Append("--name").Append(name);
        if (Ledger is not null)
        {
            command = command.Append("--ledger").Append($"{Ledger}.{index}");
        }

        return DetachedProcess.Start(command, folder.Log(name), Environment, folder.Record(index), name);
    }
}
