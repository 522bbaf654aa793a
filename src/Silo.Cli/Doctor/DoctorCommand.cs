using System.CommandLine;
using System.Net;
using Silo.Cli.Configuration;
using Silo.Cli.Invocation;
using Silo.Cli.Stores;
using Silo.Contracts.Json;

namespace Silo.Cli.Doctor;

/// <summary><c>silo doctor</c>: what would keep Silo from working here, and what to do about it.</summary>
internal sealed class DoctorCommand
{
    private readonly CommandContext _context;
    private readonly ServerOptions _server;
    private readonly Option<IPEndPoint?> _listen;
    private readonly StoreOptions _store;

    private DoctorCommand(CommandContext context, Command command)
    {
        _context = context;
        _listen = context.Option(Settings.Listen);
        command.Options.Add(_listen);
        _store = new StoreOptions(context, command);
        _server = new ServerOptions(context, command);
    }

    public static Command Create(CommandContext context)
    {
        var command = new Command("doctor", "Check runtime, port, store, rights, space, server and clock; say the fix of what is wrong.");
        command.SetAction(new DoctorCommand(context, command).RunAsync);
        return command;
    }

    private async Task<int> RunAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        using var client = _server.Connect(parsed, ServerCheck.Limit);
        var store = _store.Read(parsed);
        List<Finding> findings =
        [
            RuntimeCheck.Judge(Environment.Version),
            await PortCheck.RunAsync(parsed.GetValue(_listen)!, cancellationToken),
            .. store switch
            {
                StoreChoice.Postgres database => await PostgresCheck.RunAsync(database.Address, TimeProvider.System, cancellationToken),
                StoreChoice.Sqlite file => StoreCheck.Run(file.Path),
                _ => throw new InvalidOperationException($"There is no check for {store}."),
            },
            .. await ServerCheck.RunAsync(client, _server.Address(parsed), _server.IsGiven(parsed), TimeProvider.System, cancellationToken),
        ];
        Write(findings, parsed.GetValue(_context.Json));
        return (int)(findings.Any(finding => finding.Status == FindingStatus.Wrong) ? ExitCode.Failed : ExitCode.Ok);
    }

    private void Write(IReadOnlyList<Finding> findings, bool json)
    {
        if (!json)
        {
            _context.Terminal.WriteTable(
                ["CHECK", "STATUS", "FOUND", "FIX"],
                findings.Select(finding => new[] { finding.Check, WireNames.Of(finding.Status), finding.Message, finding.Fix ?? "" }));
            return;
        }

        foreach (var finding in findings)
        {
            _context.Terminal.WriteJson(finding, DoctorJson.Default.Finding);
        }
    }
}
