using System.CommandLine;
using Silo.Cli.Invocation;
using Silo.Contracts.Json;

namespace Silo.Cli.Doctor;

/// <summary><c>silo health</c>: whether a server can do its work now, for probes that run a program.</summary>
internal sealed class HealthCommand
{
    private readonly CommandContext _context;
    private readonly ServerOptions _server;

    private HealthCommand(CommandContext context, Command command) => (_context, _server) = (context, new ServerOptions(context, command));

    public static Command Create(CommandContext context)
    {
        var command = new Command("health", "Ask a server whether it can do its work now: exit code 0, or another with the reason in one line.");
        command.SetAction(new HealthCommand(context, command).RunAsync);
        return command;
    }

    private async Task<int> RunAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        using var client = _server.Connect(parsed, ServerCheck.Limit);
        var health = await client.CheckReadyAsync(cancellationToken);
        if (parsed.GetValue(_context.Json))
        {
            _context.Terminal.WriteJson(health, ApiJson.Wire.HealthResponse);
        }
        else
        {
            _context.Terminal.WriteLine($"{_server.Address(parsed)} can do its work.");
        }

        return (int)ExitCode.Ok;
    }
}
