using System.CommandLine;
using System.Runtime.InteropServices;
using Silo.Cli.Configuration;
using Silo.Cli.Invocation;
using Silo.Cli.Processes;
using Silo.Cli.Serving;
using Silo.Cli.Supervision;
using Silo.Cli.Workers.Control;
using Silo.Cli.Workers.Roster;
using Silo.Cli.Workers.Running;
using Silo.Core.Workers;

namespace Silo.Cli.Workers;

/// <summary><c>silo workers start</c>: this process, or one of its own with <c>-d</c>, manages workers until it is told to stop.</summary>
internal sealed class StartWorkersCommand
{
    private const int CountDefault = 2;

    /// <summary>What the last worker's name can have at its end: the names are judged with it.</summary>
    private static readonly string LongestSuffix = $"-{WorkerRoster.CountMax}";

    /// <summary>A worker that has cancelled its tasks and told its server of them goes within this.</summary>
    private static readonly TimeSpan DrainMargin = TimeSpan.FromSeconds(5);

    private static readonly TimeSpan QuestionLimit = TimeSpan.FromSeconds(5);

    private readonly CommandContext _context;
    private readonly string? _assembly;
    private readonly Command _command;
    private readonly FolderOption _folder;
    private readonly NodeOptions _node;
    private readonly Option<int?> _count = CommandContext.CallOption(
        "--count", "N", $"How many workers. Default: as many as a manager that was killed had, else {CountDefault}.", ValueParsers.Optional(ValueParsers.WholeNumber(1, WorkerRoster.CountMax)));

    private readonly Option<bool> _detach = new("--daemon", "-d") { Description = "Go on in the background, in a session of its own, with the output in manager.log." };

    private StartWorkersCommand(CommandContext context, Command command, string? assembly)
    {
        (_context, _command, _assembly) = (context, command, assembly);
        _count.Aliases.Add("-c");
        command.Options.Add(_count);
        command.Options.Add(_detach);
        _folder = new FolderOption(context, command);
        _node = new NodeOptions(context, command);
    }

    /// <param name="context">The program around it.</param>
    /// <param name="assembly">What workers are processes of; null for this program.</param>
    public static Command Create(CommandContext context, string? assembly)
    {
        var command = new Command("start", "Start workers and keep them running; those that a killed manager left are taken over. Each worker gets the settings of silo worker.");
        command.SetAction(new StartWorkersCommand(context, command, assembly).RunAsync);
        return command;
    }

    private async Task<int> RunAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        var folder = _folder.Read(parsed);
        var options = _node.Read(parsed, LongestSuffix);
        var detach = parsed.GetValue(_detach);
        if (detach && _node.Serving.StopsWithStdin(parsed))
        {
            throw new CommandException(ExitCode.Usage, "--stop-with-stdin ties the manager to this process, and --daemon frees it: give one of them.");
        }

        using var client = _node.Server.Connect(parsed, QuestionLimit);
        folder.Create();
        var status = detach
            ? await new WorkersDaemon(folder, Program(), [.. DaemonArguments(parsed)], Environment(parsed)).StartAsync(cancellationToken)
            : await ManageAsync(parsed, folder, options, new ServerView(client, _node.Server.Address(parsed)), cancellationToken);
        _context.Terminal.Say(detach ? WorkersTable.Summary(status) : ChangeWorkersCommands.Stopped(status));
        if (parsed.GetValue(_context.Json))
        {
            _context.Terminal.WriteJson(status, ControlJson.Default.WorkersStatus);
        }

        return (int)ExitCode.Ok;
    }

    private async Task<WorkersStatus> ManageAsync(ParseResult parsed, WorkersFolder folder, WorkerOptions options, ServerView server, CancellationToken cancellationToken)
    {
        using var held = await folder.LockAsync(cancellationToken) ?? throw WorkersDaemon.AlreadyRuns(folder);
        // A terminal that is closed must not leave workers behind that nobody sees.
        using var hangUp = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        using var onHangUp = PosixSignalRegistration.Create(PosixSignal.SIGHUP, signal =>
        {
            signal.Cancel = true;
            hangUp.Cancel();
        });
        var count = parsed.GetValue(_count) ?? folder.ReadManager()?.Count ?? CountDefault;
        var launcher = new WorkerLauncher(options.Name[..^LongestSuffix.Length], [.. Program(), "worker"], [.. WorkerArguments(parsed)], _node.Ledger(parsed), Environment(parsed));
        var manager = new WorkerManager(folder, launcher, options.StopGrace + options.CancelGrace + options.CancelGrace + DrainMargin, server, _context.Terminal.Say);
        var notice = SupervisorNotice.Of(_context.Values.Variable, _context.Terminal, System.Environment.ProcessId, TimeProvider.System);
        using var stopping = new CancellationTokenSource();
        await using var control = ControlServer.Listen(folder.Socket, manager.AnswerAsync);
        var managing = manager.RunAsync(count, stopping.Token);
        await manager.Started;
        notice.Ready($"{count} workers for {server.Server}");
        _context.Terminal.Say($"{count} workers for {server.Server}; their logs and the rest are in {folder.Path}");
        await notice.WatchUntilAsync(Task.WhenAny(_node.Serving.WhenStoppingAsync(parsed, hangUp.Token), managing), manager.ProveAsync);
        notice.Stopping();
        await stopping.CancelAsync();
        return await managing;
    }

    private string[] Program()
    {
        var (program, leading) = SiloProcess.ThisProgram(_assembly);
        return [program, .. leading];
    }

    /// <summary>A key stands in the environment of the processes it is for, where only their user reads it; a command line is everybody's to read.</summary>
    private static Dictionary<string, string> Environment(ParseResult parsed) =>
        parsed.GetValue<string?>(Settings.ApiKey.OptionName) is { } key ? new() { [Settings.ApiKey.Variable] = key } : [];

    private IEnumerable<string> DaemonArguments(ParseResult parsed) =>
        ["workers", "start", .. GivenOptions.Of(parsed, _command.Options.Where(option => option.Name != _detach.Name && option.Name != Settings.ApiKey.OptionName)), .. ConfigurationFile(parsed)];

    /// <summary>What each worker is told in its own words is left out: its name, its ledger and how it ends.</summary>
    private IEnumerable<string> WorkerArguments(ParseResult parsed)
    {
        string[] own =
        [
            _count.Name, _detach.Name, Settings.Data.OptionName, Settings.Name.OptionName, Settings.Ledger.OptionName, Settings.ApiKey.OptionName, ServingOptions.StopWithStdinName,
        ];
        return [.. GivenOptions.Of(parsed, _command.Options.Where(option => !own.Contains(option.Name))), .. ConfigurationFile(parsed)];
    }

    private IEnumerable<string> ConfigurationFile(ParseResult parsed) => GivenOptions.Of(parsed, [_context.ConfigurationFile]);
}
