using System.CommandLine;
using Silo.Cli.Invocation;
using Silo.Gateway.Security;

namespace Silo.Cli.Serving;

/// <summary>The keys that a server asks for: one on the command line that may do everything, and a file of named ones with scopes.</summary>
internal sealed class KeyOptions
{
    /// <summary>Name of the key that is given as such.</summary>
    public const string PlainName = "api-key";

    private readonly Option<string?> _key;
    private readonly Option<string?> _file;

    public KeyOptions(CommandContext context, Command command)
    {
        _key = context.Option("--api-key", "KEY", "Callers must send it; it may do everything. Without any key, only this machine is served.", ValueParsers.Text);
        _file = context.Option("--api-key-file", "FILE", "Keys with scopes, one 'name:scopes:sha256' per line as 'silo keys new' prints them.", ValueParsers.Text);
        command.Options.Add(_key);
        command.Options.Add(_file);
    }

    /// <exception cref="CommandException">What is wrong with the key or the file.</exception>
    public IReadOnlyList<ApiKey> Read(ParseResult parsed)
    {
        var keys = new List<ApiKey>();
        if (parsed.GetValue(_key) is { } text)
        {
            // Not by the option's own parser: it would repeat the secret in its message.
            if (!ApiKey.IsText(text))
                throw new CommandException(ExitCode.Usage, ApiKey.TextRule(text));
            keys.Add(ApiKey.OfText(PlainName, text, Enum.GetValues<Scope>()));
        }

        if (parsed.GetValue(_file) is { } file)
            keys.AddRange(ReadFile(file));
        return keys;
    }

    private static IReadOnlyList<ApiKey> ReadFile(string file)
    {
        try
        {
            return ApiKeyFile.Read(file);
        }
        catch (FormatException wrong)
        {
            throw new CommandException(ExitCode.Usage, wrong.Message, wrong);
        }
        catch (Exception unread) when (unread is IOException or UnauthorizedAccessException)
        {
            throw new CommandException(ExitCode.Usage, $"--api-key-file '{file}' cannot be read: {unread.Message}", unread);
        }
    }
}
