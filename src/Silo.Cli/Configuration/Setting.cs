using System.CommandLine;
using System.CommandLine.Parsing;
using System.Text.Json.Nodes;
using Silo.Cli.Invocation;

namespace Silo.Cli.Configuration;

/// <summary>One thing that can be set: as an option, as an environment variable, or in a file.</summary>
/// <param name="name">Its key in files, such as <c>files-root</c>, or <c>limits.body</c> in the section <c>limits</c>; option and variable follow from it.</param>
/// <param name="description">One sentence, for help, schema and reference.</param>
internal abstract class Setting(string name, string description)
{
    public const string VariablePrefix = "SILO_";

    /// <summary>Between the name of a section and those of its settings.</summary>
    public const char SectionEnd = '.';

    public string Name => name;

    public string Description => description;

    public string OptionName => $"--{name.Replace(SectionEnd, '-')}";

    public string Variable => VariablePrefix + name.Replace('-', '_').Replace(SectionEnd, '_').ToUpperInvariant();

    /// <summary>A variable of other programs that says the same; ours wins over it. It is not a mistake of anybody's whatever is in it, until its value is used.</summary>
    public string? OtherVariable { get; init; }

    /// <summary>The verbs that read it.</summary>
    public required string UsedBy { get; init; }

    /// <summary>The value when nobody says anything, as it would be typed; null for none.</summary>
    public string? Default { get; init; }

    /// <summary>What the reference says of a default that differs between machines.</summary>
    public string? DefaultInWords { get; init; }

    /// <summary>Its value is never shown.</summary>
    public bool IsSecret { get; init; }

    /// <summary>What of a secret may be shown; null for nothing, which is the default.</summary>
    public Func<string, string?>? Mask { get; init; }

    /// <summary>How many values it has, and how they are written.</summary>
    public SettingShape Shape { get; init; }

    public abstract string ValueName { get; }

    /// <summary>A new option for a command, which reads the value from wherever it was given.</summary>
    public abstract Option CreateOption(SettingValues values);

    /// <summary>What is wrong with a value; null when nothing is.</summary>
    public abstract string? Problem(string source, string text);

    public abstract JsonObject Schema();
}

/// <inheritdoc/>
internal sealed class Setting<T>(string name, SettingForm<T> form, string description) : Setting(name, description)
{
    public override string ValueName => form.ValueName;

    public override Option CreateOption(SettingValues values) => CreateOption(values, narrower: null);

    /// <param name="values">What environment and file say.</param>
    /// <param name="narrower">The rules of one verb, where they are narrower than the setting's.</param>
    public Option<T?> CreateOption(SettingValues values, ValueParser<T>? narrower)
    {
        var parser = narrower ?? form.Parse;
        var option = new SettingOption<T>(this)
        {
            Description = $"{Description} [{Variable}]",
            HelpName = form.ValueName,
            Arity = Shape == SettingShape.One ? ArgumentArity.ExactlyOne : ArgumentArity.OneOrMore,
            CustomParser = result => Read(result, OptionName, string.Join(SettingForms.EntrySeparator, result.Tokens.Select(token => token.Value)), parser),
        };
        var value = values.Find(this) ?? (Default is { } text ? new SettingValue(OptionName, text) : null);
        if (value is not null)
        {
            option.DefaultValueFactory = result => Read(result, value.Source, value.Text, parser);
        }

        return option;
    }

    public override string? Problem(string source, string text)
    {
        try
        {
            form.Parse(text);
            return null;
        }
        catch (FormatException wrong)
        {
            return Sentence(source, text, wrong);
        }
    }

    public override JsonObject Schema() => form.Schema();

    private T? Read(ArgumentResult result, string source, string text, ValueParser<T> parser)
    {
        try
        {
            return parser(text);
        }
        catch (FormatException wrong)
        {
            result.AddError(Sentence(source, text, wrong));
            return default;
        }
    }

    private string Sentence(string source, string text, FormatException wrong) =>
        IsSecret ? $"{source} {wrong.Message}." : $"{source} '{text.Replace(SettingForms.EntrySeparator, ',')}' {wrong.Message}.";
}
