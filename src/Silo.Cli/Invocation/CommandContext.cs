using System.CommandLine;
using System.CommandLine.Parsing;
using Silo.Cli.Configuration;

namespace Silo.Cli.Invocation;

/// <summary>What every command gets from the program around it, and how its options are made: command line, then environment, then file, then default.</summary>
/// <param name="terminal">Where commands write.</param>
/// <param name="values">What environment and configuration file say.</param>
internal sealed class CommandContext(Terminal terminal, SettingValues values)
{
    public Terminal Terminal => terminal;

    public SettingValues Values => values;

    public Option<bool> Json { get; } = new("--json")
    {
        Description = "Write data as JSON: one document, or one line per item.",
        Recursive = true,
    };

    /// <summary>Where a configuration file is; SILO_CONFIG says the same.</summary>
    public Option<string?> ConfigurationFile { get; } = new("--config")
    {
        Description = $"Read settings from this .json, .yaml or .env file; options and environment win over it. [{SettingValues.FileVariable}]",
        HelpName = "FILE",
        Recursive = true,
    };

    /// <summary>The option of a setting.</summary>
    /// <param name="narrower">The rules of this verb, where they are narrower than the setting's.</param>
    public Option<T?> Option<T>(Setting<T> setting, ValueParser<T>? narrower = null) => setting.CreateOption(values, narrower);

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

    /// <summary>Reads a value; what is wrong with it is reported, and the default is returned.</summary>
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
