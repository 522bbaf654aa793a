using System.CommandLine;
using System.CommandLine.Parsing;

namespace Silo.Cli.Invocation;

/// <summary>What every command gets from the program around it, and how its options are made: command line, then environment, then default.</summary>
/// <param name="terminal">Where commands write.</param>
/// <param name="environment">Looks up an environment variable; null when it is not set.</param>
internal sealed class CommandContext(Terminal terminal, Func<string, string?> environment)
{
    public Terminal Terminal => terminal;

    public Option<bool> Json { get; } = new("--json")
    {
        Description = "Write data as JSON: one document, or one line per item.",
        Recursive = true,
    };

    /// <summary>An option that is also read from the environment: <c>--files-root</c> from <c>SILO_FILES_ROOT</c>.</summary>
    /// <param name="fallback">The value when neither says anything; null for none.</param>
    public Option<T?> Option<T>(string name, string valueName, string description, ValueParser<T> parser, string? fallback = null)
    {
        var variable = VariableOf(name);
        var option = new Option<T?>(name)
        {
            Description = $"{description} [{variable}]",
            HelpName = valueName,
            CustomParser = result => Parse(result, name, result.Tokens[0].Value, parser),
        };
        var (source, text) = environment(variable) is { Length: > 0 } value ? (variable, value) : (name, fallback);
        if (text is not null)
        {
            option.DefaultValueFactory = result => Parse(result, source, text, parser);
        }

        return option;
    }

    /// <summary>An option that may be given several times; the environment has the values between commas.</summary>
    public Option<T[]> List<T>(string name, string valueName, string description, ValueParser<T> parser)
        where T : class
    {
        var variable = VariableOf(name);
        var option = new Option<T[]>(name)
        {
            Description = $"{description} May be repeated. [{variable}, with commas]",
            HelpName = valueName,
            Arity = ArgumentArity.OneOrMore,
            CustomParser = result => ParseAll(result, name, result.Tokens.Select(token => token.Value), parser),
        };
        if (environment(variable) is { Length: > 0 } values)
        {
            option.DefaultValueFactory = result => ParseAll(result, variable, values.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries), parser);
        }

        return option;
    }

    /// <summary>An option that only the command line sets: it belongs to one call.</summary>
    public static Option<T?> CallOption<T>(string name, string valueName, string description, ValueParser<T> parser) => new(name)
    {
        Description = description,
        HelpName = valueName,
        CustomParser = result => Parse(result, name, result.Tokens[0].Value, parser),
    };

    /// <summary>An option that may be given several times, as a name and a value.</summary>
    public static Option<Dictionary<string, string>> Labels(string name, string description) => new(name)
    {
        Description = description,
        HelpName = "NAME=VALUE",
        Arity = ArgumentArity.OneOrMore,
        CustomParser = result =>
        {
            var labels = new Dictionary<string, string>();
            foreach (var token in result.Tokens)
            {
                var label = Parse(result, name, token.Value, ValueParsers.Label);
                if (label.Key is not null && !labels.TryAdd(label.Key, label.Value))
                {
                    result.AddError($"{name} '{token.Value}': {label.Key} is given twice.");
                }
            }

            return labels;
        },
    };

    private static T[] ParseAll<T>(ArgumentResult result, string source, IEnumerable<string> texts, ValueParser<T> parser)
        where T : class => [.. texts.Select(text => Parse(result, source, text, parser)).OfType<T>()];

    private static string VariableOf(string optionName) => "SILO_" + optionName.TrimStart('-').Replace('-', '_').ToUpperInvariant();

    /// <summary>Reads a value; what is wrong with it is reported with where it came from, and the default is returned.</summary>
    public static T? Parse<T>(ArgumentResult result, string source, string text, ValueParser<T> parser)
    {
        try
        {
            return parser(text);
        }
        catch (FormatException exception)
        {
            result.AddError($"{source} '{text}' {exception.Message}.");
            return default;
        }
    }
}
