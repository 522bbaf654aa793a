using System.CommandLine;
using Silo.Cli.Configuration;
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
        _key = context.Option(Settings.ApiKey);
        _file = context.Option(Settings.ApiKeyFile);
        command.Options.Add(_key);
        command.Options.Add(_file);
    }

    /// <exception cref="CommandException">What is wrong with the key or the file.</exception>
    /// <exception cref="NotYetException">The file is not there.</exception>
    public IReadOnlyList<ApiKey> Read(ParseResult parsed)
    {
        var keys = new List<ApiKey>();
        if (parsed.GetValue(_key) is { } text)
        {
            // Not the option's own rule: a client's key is the server's to judge.
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
        catch (Exception absent) when (absent is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new NotYetException("A file of keys is not there yet.", $"--api-key-file '{file}' is not there: put it there, or name another one.", absent);
        }
        catch (Exception unread) when (unread is IOException or UnauthorizedAccessException)
        {
            throw new CommandException(ExitCode.Usage, $"--api-key-file '{file}' cannot be read: {unread.Message}", unread);
        }
    }
}
