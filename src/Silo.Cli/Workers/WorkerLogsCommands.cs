using System.CommandLine;
using System.Text.Json.Serialization;
using Silo.Cli.Invocation;
using Silo.Cli.Workers.Running;

namespace Silo.Cli.Workers;

/// <summary><c>silo workers logs</c> and <c>follow</c>: what the workers say, and their manager in the background, each line with the name of who said it.</summary>
internal static class WorkerLogsCommands
{
    private const string ManagerName = "manager";
    private const int LinesDefault = 50, LinesFollowedDefault = 10, LinesMax = 1_000_000;
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(200);

    public static Command CreateLogs(CommandContext context)
    {
        var command = new Command("logs", "Print the last lines of the logs of all workers, of one, or of the manager.");
        var (data, worker, lines) = Add(context, command, LinesDefault);
        command.SetAction(parsed =>
        {
            foreach (var (name, path) in Chosen(data.Read(parsed), parsed.GetValue(worker), mustBeThere: true))
            {
                Write(context, parsed, name, LogFile.Tail(path, parsed.GetValue(lines)));
            }

            return (int)ExitCode.Ok;
        });
        return command;
    }

    public static Command CreateFollow(CommandContext context)
    {
        var command = new Command("follow", "Print what is added to the logs until stopped, those of new workers too.");
        var (data, worker, lines) = Add(context, command, LinesFollowedDefault);
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var folder = data.Read(parsed);
            var followed = new Dictionary<string, LogFollower>();
            foreach (var (name, path) in Chosen(folder, parsed.GetValue(worker), mustBeThere: true))
            {
                followed.Add(path, new LogFollower(path, new FileInfo(path).Length));
                Write(context, parsed, name, LogFile.Tail(path, parsed.GetValue(lines)));
            }

            while (true)
            {
                await Task.Delay(Look, cancellationToken);
                foreach (var (name, path) in Chosen(folder, parsed.GetValue(worker), mustBeThere: false))
                {
                    followed.TryAdd(path, new LogFollower(path, position: 0));
                    Write(context, parsed, name, followed[path].Read());
                }
            }
        });
        return command;
    }

    private static (FolderOption Data, Argument<string?> Worker, Option<int> Lines) Add(CommandContext context, Command command, int linesDefault)
    {
        var worker = new Argument<string?>("WORKER") { Description = $"Its name or number, or {ManagerName}.", Arity = ArgumentArity.ZeroOrOne };
        var lines = new Option<int>("--lines", "-n")
        {
            Description = $"How many lines of each log. Default: {linesDefault}.",
            HelpName = "N",
            DefaultValueFactory = _ => linesDefault,
            CustomParser = result => CommandContext.Parse(result, "--lines", result.Tokens[0].Value, ValueParsers.WholeNumber(0, LinesMax)),
        };
        command.Arguments.Add(worker);
        command.Options.Add(lines);
        return (new FolderOption(context, command), worker, lines);
    }

    /// <exception cref="CommandException">There is no such log, or none at all, and there has to be one.</exception>
    private static List<(string Name, string Path)> Chosen(WorkersFolder folder, string? worker, bool mustBeThere)
    {
        var all = folder.Logs().ToList();
        if (File.Exists(folder.ManagerLog))
        {
            all.Insert(0, (ManagerName, folder.ManagerLog));
        }

        var chosen = all.Where(log => worker is null || log.Name == worker || log.Name.EndsWith($"-{worker}", StringComparison.Ordinal)).ToList();
        if (mustBeThere && chosen.Count == 0)
        {
            throw new CommandException(ExitCode.NotFound, all.Count == 0
                ? $"There are no logs in {folder.Path}: no worker was ever started there."
                : $"There is no log of '{worker}' in {folder.Path}; there are {string.Join(", ", all.Select(log => log.Name))}.");
        }

        return chosen;
    }

    private static void Write(CommandContext context, ParseResult parsed, string name, IEnumerable<string> lines)
    {
        foreach (var line in lines)
        {
            if (parsed.GetValue(context.Json))
            {
                context.Terminal.WriteJson(new LoggedLine(name, line), LoggedJson.Default.LoggedLine);
            }
            else
            {
                context.Terminal.WriteLine($"{name} | {line}");
            }
        }
    }
}

/// <summary>A line of <c>silo workers logs --json</c>.</summary>
internal sealed record LoggedLine(string Worker, string Line);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(LoggedLine))]
internal sealed partial class LoggedJson : JsonSerializerContext;
