using System.CommandLine;
using System.CommandLine.Parsing;
using System.Text.Json.Serialization;
using Silo.Cli.Invocation;

namespace Silo.Cli.Configuration;

/// <summary><c>silo config</c>: what is set and where, and what can be set.</summary>
internal static class ConfigCommand
{
    private const string Masked = "********";

    public static Command Create(CommandContext context)
    {
        var command = new Command("config", "Show settings and where they come from.");
        command.Subcommands.Add(CreateShow(context));
        command.Subcommands.Add(CreateText(context, "schema", "Print the JSON Schema of configuration files.", SettingsSchema.Write));
        command.Subcommands.Add(CreateText(context, "reference", "Print the reference of all settings as Markdown.", SettingsReference.Write));
        return command;
    }

    private static Command CreateShow(CommandContext context)
    {
        var command = new Command("show", "Print every setting as it stands, secrets masked. Takes the options of all verbs.");
        var origin = new Option<bool>("--origin") { Description = "Say where each value comes from." };
        command.Options.Add(origin);
        var options = Settings.All.Select(setting => (Setting: setting, Option: setting.CreateOption(context.Values))).ToList();
        foreach (var (_, option) in options)
        {
            command.Options.Add(option);
        }

        command.SetAction(parsed =>
        {
            Write(context, parsed, [.. options.Select(pair => Shown(context.Values, pair.Setting, parsed.GetResult(pair.Option)))], parsed.GetValue(origin));
            return (int)ExitCode.Ok;
        });
        return command;
    }

    private static Command CreateText(CommandContext context, string name, string description, Func<string> write)
    {
        var command = new Command(name, description);
        command.SetAction(_ =>
        {
            context.Terminal.WriteLine(write().TrimEnd('\n'));
            return (int)ExitCode.Ok;
        });
        return command;
    }

    private static ShownSetting Shown(SettingValues values, Setting setting, OptionResult? given)
    {
        var (value, origin) = given is { Implicit: false }
            ? (string.Join(SettingForms.EntrySeparator, given.Tokens.Select(token => token.Value)), setting.OptionName)
            : values.Find(setting) is { } found ? (found.Text, found.Source) : (setting.Default, "default");
        return new ShownSetting(setting.Name, value is null || !setting.IsSecret ? value?.Replace(SettingForms.EntrySeparator, ',') : setting.Mask?.Invoke(value) ?? Masked, origin);
    }

    private static void Write(CommandContext context, ParseResult parsed, IReadOnlyList<ShownSetting> shown, bool withOrigin)
    {
        if (parsed.GetValue(context.Json))
        {
            foreach (var setting in shown)
            {
                context.Terminal.WriteJson(withOrigin ? setting : setting with { Origin = null }, ConfigJson.Default.ShownSetting);
            }

            return;
        }

        string[] columns = ["SETTING", "VALUE", "ORIGIN"];
        var cells = withOrigin ? 3 : 2;
        context.Terminal.WriteTable(columns[..cells], shown.Select(setting => new[] { setting.Name, setting.Value ?? "", setting.Origin ?? "" }[..cells]));
    }
}

/// <param name="Name">Key in files.</param>
/// <param name="Value">As it was written; absent when there is none.</param>
/// <param name="Origin">An option, a variable, a file's key, or <c>default</c>.</param>
internal sealed record ShownSetting(string Name, string? Value, string? Origin);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(ShownSetting))]
internal sealed partial class ConfigJson : JsonSerializerContext;
