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

    /// <param name="callTimeout">How long a call may take; null for the client's default.</param>
    /// <exception cref="CommandException">The key cannot be sent.</exception>
    public SiloHttpClient Connect(ParseResult parsed, TimeSpan? callTimeout = null)
    {
        var key = parsed.GetValue(_apiKey);
        if (key is not null && !SiloHttpClient.IsApiKey(key))
        {
            throw new CommandException(ExitCode.Usage, "The API key has characters that cannot be sent: visible ASCII characters without spaces were expected.");
        }

        return callTimeout is { } limit ? new(Address(parsed), key) { CallTimeout = limit } : new(Address(parsed), key);
    }

    /// <summary>Whether somebody named the server, here, in the environment or in a file.</summary>
    public bool IsGiven(ParseResult parsed) => parsed.GetResult(_server) is { Implicit: false } || _context.Values.Find(Settings.Server) is not null;
}
