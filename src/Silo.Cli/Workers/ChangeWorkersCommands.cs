using System.CommandLine;
using Silo.Cli.Invocation;
using Silo.Cli.Workers.Control;
using Silo.Cli.Workers.Roster;
using Silo.Cli.Workers.Running;

namespace Silo.Cli.Workers;

/// <summary><c>silo workers scale N</c>, <c>restart</c> and <c>stop</c>: each returns when it is done; interrupted, it goes on without the one who waited.</summary>
internal static class ChangeWorkersCommands
{
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(50);

    public static Command CreateScale(CommandContext context)
    {
        var command = new Command("scale", "Run so many workers instead. Those that go drain: what they run may end, the rest goes to other nodes.");
        var count = Count(ArgumentArity.ExactlyOne);
        command.Arguments.Add(count);
        return Create(context, command, parsed => new ControlRequest(ControlVerb.Scale, parsed.GetValue(count)), "Scaling", WorkersTable.Summary);
    }

    public static Command CreateRestart(CommandContext context)
    {
        var command = new Command("restart", "Drain the workers and start them anew, one after the other; a new version of the program is taken then.");
        var count = Count(ArgumentArity.ZeroOrOne);
        command.Arguments.Add(count);
        return Create(context, command, parsed => new ControlRequest(ControlVerb.Restart, parsed.GetValue(count)), "Restarting", WorkersTable.Summary);
    }

    public static Command CreateStop(CommandContext context)
    {
        var command = new Command("stop", "Drain all workers, then end the manager. Said again meanwhile, the workers are killed.");
        var data = new FolderOption(context, command);
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var folder = data.Read(parsed);
            var manager = folder.ReadManager()?.Process;
            var status = await StopAsync(context, folder, cancellationToken);
            // It has answered and is about to go; who returns from here may start the next one.
            while (manager is { IsAlive: true } && manager.Value.Id != Environment.ProcessId)
            {
                await Task.Delay(Look, cancellationToken);
            }

            Write(context, parsed, status, Stopped(status));
            return (int)ExitCode.Ok;
        });
        return command;
    }

    /// <summary>How a stop went.</summary>
    public static string Stopped(WorkersStatus status) =>
        $"{status.Drained} workers ended in order{(status.Killed > 0 ? $", {status.Killed} were killed" : "")}; the manager has stopped";

    private static Command Create(CommandContext context, Command command, Func<ParseResult, ControlRequest> request, string doing, Func<WorkersStatus, string> done)
    {
        var data = new FolderOption(context, command);
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var status = await FolderOption.AskAsync(
                data.Read(parsed), request(parsed), begun => context.Terminal.Say($"{doing}: {begun.Count} workers; what runs on those that go has its time to end"), cancellationToken);
            Write(context, parsed, status, done(status));
            return (int)ExitCode.Ok;
        });
        return command;
    }

    private static async Task<WorkersStatus> StopAsync(CommandContext context, WorkersFolder folder, CancellationToken cancellationToken)
    {
        using var client = await ControlClient.ConnectOrNullAsync(folder.Socket, cancellationToken);
        var answer = client is null ? null : await client.AskAsync(
            new ControlRequest(ControlVerb.Stop), begun => context.Terminal.Say($"Stopping: {begun.Workers.Count} workers; what runs has its time to end"), cancellationToken);
        if (answer is not null)
        {
            return answer;
        }

        // Whom a killed manager left behind, this process drains as one would.
        using var held = await folder.LockAsync(cancellationToken);
        if (held is null || folder.Living().Count == 0)
        {
            throw FolderOption.NotRunning(folder);
        }

        var drainLimit = TimeSpan.FromSeconds(folder.ReadManager()?.DrainLimitSeconds ?? WorkerRoster.DrainLimitDefault.TotalSeconds);
        var manager = new WorkerManager(folder, launcher: null, drainLimit, server: null, context.Terminal.Say);
        await using var control = ControlServer.Listen(folder.Socket, manager.AnswerAsync);
        return await manager.RunAsync(count: 0, new CancellationToken(canceled: true));
    }

    private static void Write(CommandContext context, ParseResult parsed, WorkersStatus status, string done)
    {
        context.Terminal.Say(done);
        if (parsed.GetValue(context.Json))
        {
            context.Terminal.WriteJson(status, ControlJson.Default.WorkersStatus);
        }
    }

    private static Argument<int?> Count(ArgumentArity arity) => new("N")
    {
        Description = $"How many workers there are to be, 0 to {WorkerRoster.CountMax}.",
        Arity = arity,
        CustomParser = result => CommandContext.Parse(result, "N", result.Tokens[0].Value, ValueParsers.Optional(ValueParsers.WholeNumber(0, WorkerRoster.CountMax))),
    };
}
