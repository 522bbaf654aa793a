using System.CommandLine;
using System.CommandLine.Help;
using Silo.Cli.Completion;
using Silo.Cli.Configuration;
using Silo.Cli.Demo;
using Silo.Cli.Doctor;
using Silo.Cli.Events;
using Silo.Cli.Keys;
using Silo.Cli.Nodes;
using Silo.Cli.Queues;
using Silo.Cli.Serving;
using Silo.Cli.Tasks;
using Silo.Cli.Workers;

namespace Silo.Cli.Invocation;

/// <summary>The tree of verbs.</summary>
internal static class SiloCommandLine
{
    /// <param name="context">The program around it.</param>
    /// <param name="cluster">The larger program that this one is part of; null for none.</param>
    public static Command Create(CommandContext context, ClusterProgram? cluster = null)
    {
        // Not a RootCommand: that one would name itself after the assembly.
        var root = new Command("silo", "Silo runs tasks on nodes: submit a task, a scheduler picks a node, the node runs it, one outcome is recorded.");
        root.Options.Add(context.Json);
        root.Options.Add(context.ConfigurationFile);
        root.Options.Add(new HelpOption());
        root.Options.Add(new VersionOption());
        root.Subcommands.Add(UpCommand.Create(context));
        root.Subcommands.Add(WorkerCommand.Create(context));
        root.Subcommands.Add(WorkersCommand.Create(context, cluster?.Assembly));
        root.Subcommands.Add(SubmitCommand.Create(context));
        root.Subcommands.Add(TasksCommand.Create(context));
        root.Subcommands.Add(TaskCommand.Create(context));
        root.Subcommands.Add(ChangeCommands.CreateCancel(context));
        root.Subcommands.Add(ChangeCommands.CreateRetry(context));
        root.Subcommands.Add(NodesCommand.Create(context));
        root.Subcommands.Add(DrainCommand.Create(context));
        root.Subcommands.Add(QueuesCommand.Create(context));
        root.Subcommands.Add(EventsCommand.Create(context));
        root.Subcommands.Add(KeysCommand.Create(context));
        root.Subcommands.Add(DemoCommand.Create(context, cluster?.Assembly));
        root.Subcommands.Add(ConfigCommand.Create(context));
        root.Subcommands.Add(DoctorCommand.Create(context));
        root.Subcommands.Add(HealthCommand.Create(context));
        root.Subcommands.Add(CompletionCommands.CreateCompletion(context));
        root.Subcommands.Add(CompletionCommands.CreateComplete(context, root));
        root.Subcommands.Add(cluster?.CreateServe(context) ?? OutsideProgram("serve", "Serve as one silo of a cluster over PostgreSQL."));
        root.Subcommands.Add(OutsideProgram("sim", "Run the simulation: seeded crashes, lost messages and store faults against the real rules."));
        root.Subcommands.Add(OutsideProgram("bench", "Run the benchmarks."));
        return root;
    }

    /// <summary>A verb that ./silo gives to a program below tests/, which this one never refers to; here it is only explained.</summary>
    private static Command OutsideProgram(string name, string description)
    {
        var command = new Command(name, $"{description} (./silo {name}, in a clone of the repository)") { TreatUnmatchedTokensAsErrors = false };
        command.SetAction(int (ParseResult _) => throw new CommandException(ExitCode.Usage, $"{name} is a program of its own in the repository: run ./silo {name} there."));
        return command;
    }
}
