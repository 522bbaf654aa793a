using System.CommandLine;
using Silo.Cli.Configuration;
using Silo.Cli.Demo.Cluster;
using Silo.Cli.Demo.Loss;
using Silo.Cli.Demo.Rolling;
using Silo.Cli.Demo.Strategies;
using Silo.Cli.Demo.Views;
using Silo.Cli.Invocation;

namespace Silo.Cli.Demo;

/// <summary><c>silo demo [DIR]</c>: Silo at work on real files, with a loss, and the proof that nothing was lost with it.</summary>
internal sealed class DemoCommand(CommandContext context, string? clusterProgram)
{
    private const int ProblemsShownMax = 20;

    private readonly Argument<string?> _folder = new("DIR") { Description = "Digests are made of the files below it. Default: the git checkout around the working folder.", Arity = ArgumentArity.ZeroOrOne };
    private readonly Option<bool> _cluster = new("--cluster") { Description = "Three silos of a cluster over PostgreSQL instead of a server with workers; the silo of the scheduler is the one that is lost." };
    private readonly Option<bool> _freeze = new("--freeze") { Description = "Freeze the worker past its lease instead of killing it, then let it go on." };
    private readonly Option<bool> _rolling = new("--rolling") { Description = "With --cluster: stop and restart the silos in order, one after the other, instead of losing one." };
    private readonly Option<string?> _store = context.Option(Settings.Store);
    private readonly Option<bool> _strategies = new("--strategies") { Description = "Show instead where each placement strategy puts tasks." };

    /// <param name="context">The program around it.</param>
    /// <param name="clusterProgram">The assembly whose verb <c>serve</c> is a silo; null for a program without it.</param>
    public static Command Create(CommandContext context, string? clusterProgram)
    {
        var command = new Command("demo", "Start a server and three workers, give them real work, kill one worker, and settle the accounts.");
        var verb = new DemoCommand(context, clusterProgram);
        command.Arguments.Add(verb._folder);
        command.Options.Add(verb._cluster);
        command.Options.Add(verb._freeze);
        command.Options.Add(verb._rolling);
        command.Options.Add(verb._strategies);
        command.Options.Add(verb._store);
        command.Validators.Add(result =>
        {
            Option<bool>[] kinds = [.. new[] { verb._freeze, verb._strategies, verb._rolling }.Where(result.GetValue)];
            if (kinds.Length > 1)
            {
                result.AddError($"{kinds[0].Name} and {kinds[1].Name} are two different demos: give one of them.");
            }

            if (result.GetValue(verb._rolling) && !result.GetValue(verb._cluster))
            {
                result.AddError("--rolling restarts the silos of a cluster: give --cluster too.");
            }

            if (result.GetValue(verb._cluster) && result.GetResult(verb._store) is { Implicit: false } && result.GetValue(verb._store) is { } store && store != Settings.Postgres)
            {
                result.AddError($"--cluster keeps tasks in PostgreSQL: leave '--store {store}' away.");
            }

            if (result.GetValue(verb._folder) is { } folder && !Directory.Exists(folder))
            {
                result.AddError($"DIR '{folder}' is not a folder.");
            }
        });
        command.SetAction(verb.RunAsync);
        return command;
    }

    private async Task<int> RunAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        if (OperatingSystem.IsWindows())
        {
            throw new CommandException(ExitCode.Failed, "The demo kills and freezes processes by Unix signals; run it on Linux or macOS.");
        }

        var json = parsed.GetValue(context.Json);
        IDemoView view = context.Terminal.IsInteractive && !json ? new LiveTableView(context.Terminal) : new LineView(context.Terminal);
        var problems = parsed.GetValue(_strategies) ? await ShowStrategiesAsync(parsed, view, json, cancellationToken)
            : parsed.GetValue(_rolling) ? await ShowRollingAsync(parsed, view, json, cancellationToken)
            : await ShowLossAsync(parsed, view, json, cancellationToken);
        return (int)(problems.Count == 0 ? ExitCode.Ok : ExitCode.Failed);
    }

    private async Task<IReadOnlyList<string>> ShowLossAsync(ParseResult parsed, IDemoView view, bool json, CancellationToken cancellationToken)
    {
        var folder = Path.GetFullPath(parsed.GetValue(_folder) ?? CheckoutAround(Environment.CurrentDirectory));
        var options = new LossOptions(folder, parsed.GetValue(_freeze) ? LossKind.Freeze : LossKind.Kill) { Servers = Servers(parsed) };
        var result = await new LossDemo(options).RunAsync(view, cancellationToken);
        ShowProblems(result.Problems);
        if (json)
        {
            context.Terminal.WriteJson(result.Summary, LossJson.Default.LossSummary);
        }
        else
        {
            LossReport.Write(context.Terminal, result);
        }

        return result.Problems;
    }

    private async Task<IReadOnlyList<string>> ShowRollingAsync(ParseResult parsed, IDemoView view, bool json, CancellationToken cancellationToken)
    {
        var result = await new RollingDemo((DemoServers.Silos)Servers(parsed), Environment.CurrentDirectory).RunAsync(view, cancellationToken);
        ShowProblems(result.Problems);
        if (json)
        {
            context.Terminal.WriteJson(result.Summary, RollingJson.Default.RollingSummary);
        }
        else
        {
            RollingReport.Write(context.Terminal, result);
        }

        return result.Problems;
    }

    private async Task<IReadOnlyList<string>> ShowStrategiesAsync(ParseResult parsed, IDemoView view, bool json, CancellationToken cancellationToken)
    {
        var result = await new StrategiesDemo(Servers(parsed)).RunAsync(view, cancellationToken);
        ShowProblems(result.Problems);
        if (json)
        {
            context.Terminal.WriteJson(result.Summary, StrategiesJson.Default.StrategiesSummary);
        }
        else
        {
            StrategiesReport.Write(context.Terminal, result);
        }

        return result.Problems;
    }

    private DemoServers Servers(ParseResult parsed) => parsed.GetValue(_cluster)
        ? new DemoServers.Silos(clusterProgram ?? throw new CommandException(
            ExitCode.NotInThisBuild, "This build has no cluster server: it was made where the Orleans packages are not to be had, so there is no demo --cluster."))
        : new DemoServers.Standalone(parsed.GetValue(_store));

    private void ShowProblems(IReadOnlyList<string> problems)
    {
        foreach (var problem in problems.Take(ProblemsShownMax))
        {
            context.Terminal.Say(problem);
        }

        if (problems.Count > ProblemsShownMax)
        {
            context.Terminal.Say($"... and {problems.Count - ProblemsShownMax} more.");
        }
    }

    private static string CheckoutAround(string folder)
    {
        for (var candidate = new DirectoryInfo(folder); candidate is not null; candidate = candidate.Parent)
        {
            // A worktree has a file of that name, a clone a folder.
            if (Path.Exists(Path.Join(candidate.FullName, ".git")))
            {
                return candidate.FullName;
            }
        }

        return folder;
    }
}
