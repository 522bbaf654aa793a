using System.CommandLine;
using Silo.Cli.Configuration;
using Silo.Cli.Invocation;
using Silo.Cli.Workers.Control;
using Silo.Cli.Workers.Running;

namespace Silo.Cli.Workers;

/// <summary>Whose workers a verb is about: each data folder has one manager at most.</summary>
internal sealed class FolderOption
{
    private readonly Option<string?> _data;

    public FolderOption(CommandContext context, Command command)
    {
        _data = context.Option(Settings.Data);
        command.Options.Add(_data);
    }

    /// <exception cref="CommandException">Workers cannot be managed there.</exception>
    public WorkersFolder Read(ParseResult parsed) => WorkersFolder.Of(parsed.GetValue(_data)!);

    /// <summary>Asks the folder's manager and waits until what was asked for is done.</summary>
    /// <param name="begun">Gets how things were when it began.</param>
    /// <exception cref="CommandException">There is none, or it refuses.</exception>
    public static async Task<WorkersStatus> AskAsync(WorkersFolder folder, ControlRequest request, Action<WorkersStatus> begun, CancellationToken cancellationToken)
    {
        using var client = await ControlClient.ConnectOrNullAsync(folder.Socket, cancellationToken) ?? throw NotRunning(folder);
        return await client.AskAsync(request, begun, cancellationToken) ?? throw NotRunning(folder);
    }

    /// <summary>There is no manager; what can be done depends on whether it left workers behind.</summary>
    public static CommandException NotRunning(WorkersFolder folder) => new(ExitCode.NotFound, folder.Living() is { Count: > 0 } living
        ? $"The manager of {folder.Path} is gone; {living.Count} of its workers go on without it. silo workers start takes them over, silo workers stop drains them."
        : $"No manager runs for {folder.Path}. Start one with: silo workers start -c 2 -d");
}
