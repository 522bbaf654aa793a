using System.CommandLine;
using System.Text.Json.Serialization;
using Silo.Cli.Invocation;
using Silo.Contracts.Json;
using Silo.Gateway.Security;

namespace Silo.Cli.Keys;

/// <summary><c>silo keys</c>: makes API keys. It asks no server: a server is told of a key by its line in a file.</summary>
internal static class KeysCommand
{
    public static Command Create(CommandContext context)
    {
        var command = new Command("keys", "Make API keys.");
        command.Subcommands.Add(CreateNew(context));
        return command;
    }

    private static Command CreateNew(CommandContext context)
    {
        var command = new Command("new", "Print a fresh random key, once, and the line that tells a server of it.");
        var name = new Argument<string>("NAME") { Description = "Says whose key it is, in the server's answers." };
        var scopes = new Option<List<Scope>>("--scope")
        {
            Description = $"What it may do: {WireNames.All<Scope>()}; may be repeated, or several between commas.",
            HelpName = "SCOPE",
            Required = true,
            Arity = ArgumentArity.OneOrMore,
            CustomParser = result => [.. result.Tokens.SelectMany(token => token.Value.Split(',')).Select(text => CommandContext.Parse(result, "--scope", text, ReadScope)).Distinct()],
        };
        command.Arguments.Add(name);
        command.Options.Add(scopes);
        command.SetAction(parsed => Print(context, parsed, parsed.GetValue(name)!, parsed.GetValue(scopes)!));
        return command;
    }

    private static int Print(CommandContext context, ParseResult parsed, string name, IReadOnlyList<Scope> scopes)
    {
        var text = ApiKey.NewText();
        var key = ApiKey.OfText(name, text, scopes);
        if (!ApiKey.TryParse(key.Line, out _, out var rule))
            throw new CommandException(ExitCode.Usage, $"The key {rule}.");
        if (parsed.GetValue(context.Json))
        {
            context.Terminal.WriteJson(new NewKey(name, [.. scopes.Select(WireNames.Of)], text, key.Line), KeyJson.Default.NewKey);
            return (int)ExitCode.Ok;
        }

        context.Terminal.Say("The key, shown this once and kept nowhere, and the line for the file of 'silo up --api-key-file':");
        context.Terminal.WriteLine(text);
        context.Terminal.WriteLine(key.Line);
        return (int)ExitCode.Ok;
    }

    private static Scope ReadScope(string text) =>
        WireNames.TryParse<Scope>(text, out var scope) ? scope : throw new FormatException($"must be one of {WireNames.All<Scope>()}");
}

/// <summary>What <c>silo keys new --json</c> prints.</summary>
internal sealed record NewKey(string Name, IReadOnlyList<string> Scopes, string Key, string Line);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(NewKey))]
internal sealed partial class KeyJson : JsonSerializerContext;
