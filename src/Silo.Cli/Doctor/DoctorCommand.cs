using System.CommandLine;
using System.Net;
using Silo.Cli.Configuration;
using Silo.Cli.Invocation;
using Silo.Contracts.Json;

namespace Silo.Cli.Doctor;

/// <summary><c>silo doctor</c>: what would keep Silo from working here, and what to do about it.</summary>
internal sealed class DoctorCommand
{
    private readonly CommandContext _context;
    private readonly ServerOptions _server;
    private readonly Option<IPEndPoint?> _listen;
    private readonly Option<string?> _data;
    private readonly Option<string?> _db;

    private DoctorCommand(CommandContext context, Command command)
    {
        _context = context;
        _listen = context.Option(Settings.Listen);
        _data = context.Option(Settings.Data);
        _db = context.Option(Settings.Db);
        foreach (var option in new Option[] { _listen, _data, _db })
        {
            command.Options.Add(option);
        }

        _server = new ServerOptions(context, command);
    }

    public static Command Create(CommandContext context)
    {
        var command = new Command("doctor", "Check runtime, port, database file, rights, space, server and clock; say the fix of what is wrong.");
        command.SetAction(new DoctorCommand(context, command).RunAsync);
        return command;
    }

    private async Task<int> RunAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        using var client = _server.Connect(parsed, ServerCheck.Limit);
        var database = Path.GetFullPath(parsed.GetValue(_db) ?? Path.Join(parsed.GetValue(_data), "silo.db"));
        List<Finding> findings =
        [
            RuntimeCheck.Judge(Environment.Version),
            await PortCheck.RunAsync(parsed.GetValue(_listen)!, cancellationToken),
            .. StoreCheck.Run(database),
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
