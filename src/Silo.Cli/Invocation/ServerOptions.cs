using System.CommandLine;
using Silo.Cli.Configuration;
using Silo.Client;

namespace Silo.Cli.Invocation;

/// <summary>Which server a verb talks to.</summary>
internal sealed class ServerOptions
{
    private readonly CommandContext _context;
    private readonly Option<Uri?> _server;
    private readonly Option<string?> _apiKey;

    public ServerOptions(CommandContext context, Command command)
    {
        _context = context;
        _server = context.Option(Settings.Server);
        _apiKey = context.Option(Settings.ApiKey);
        command.Options.Add(_server);
        command.Options.Add(_apiKey);
    }

    public Uri Address(ParseResult parsed) => parsed.GetValue(_server)!;

    public SiloHttpClient Connect(ParseResult parsed) => new(Address(parsed), parsed.GetValue(_apiKey));

    /// <param name="callTimeout">How long a call may take.</param>
    public SiloHttpClient Connect(ParseResult parsed, TimeSpan callTimeout) => new(Address(parsed), parsed.GetValue(_apiKey)) { CallTimeout = callTimeout };

    /// <summary>Whether somebody named the server, here, in the environment or in a file.</summary>
    public bool IsGiven(ParseResult parsed) => parsed.GetResult(_server) is { Implicit: false } || _context.Values.Find(Settings.Server) is not null;
}
