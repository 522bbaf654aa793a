using System.CommandLine;
using Silo.Cli.Configuration;
using Silo.Client;

namespace Silo.Cli.Invocation;

/// <summary>Which server a verb talks to.</summary>
internal sealed class ServerOptions
{
    private readonly Option<Uri?> _server;
    private readonly Option<string?> _apiKey;

    public ServerOptions(CommandContext context, Command command)
    {
        _server = context.Option(Settings.Server);
        _apiKey = context.Option(Settings.ApiKey);
        command.Options.Add(_server);
        command.Options.Add(_apiKey);
    }

    public Uri Address(ParseResult parsed) => parsed.GetValue(_server)!;

    /// <exception cref="CommandException">The key cannot be sent.</exception>
    public SiloHttpClient Connect(ParseResult parsed) => parsed.GetValue(_apiKey) is { } key && !SiloHttpClient.IsApiKey(key)
        ? throw new CommandException(ExitCode.Usage, "The API key has characters that cannot be sent: visible ASCII characters without spaces were expected.")
        : new(Address(parsed), parsed.GetValue(_apiKey));
}
