using System.Net;
using System.Text.Json.Nodes;
using Silo.Cli.Invocation;

namespace Silo.Cli.Configuration;

/// <summary>The forms that settings have.</summary>
internal static class SettingForms
{
    /// <summary>Between the entries of a list or a map: none of them has it.</summary>
    public const char EntrySeparator = '\n';

    public static SettingForm<Uri> ServerAddress { get; } = new("URL", ValueParsers.ServerAddress, () => new() { ["type"] = "string", ["pattern"] = "^https?://" });

    public static SettingForm<IPEndPoint> Endpoint { get; } = new("ADDRESS:PORT", ValueParsers.Endpoint, () => new() { ["type"] = "string", ["pattern"] = ":[0-9]+$" });

    public static SettingForm<IPAddress> Address { get; } = new("ADDRESS", ValueParsers.Address, TextSchema);

    public static SettingForm<string> Folder { get; } = new("DIR", ValueParsers.ExistingFolder, TextSchema);

    public static SettingForm<bool> Flag { get; } = new(
        "true|false", text => ValueParsers.OneOf("true", "false")(text) == "true", () => new() { ["type"] = "boolean" });

    public static SettingForm<string> RangeOrHost { get; } = new("CIDR", ValueParsers.RangeOrHost, TextSchema);

    public static SettingForm<string> Program { get; } = new("PATH", ValueParsers.ExistingProgram, TextSchema);

    public static SettingForm<string> VariableName { get; } = new("NAME", ValueParsers.VariableName, TextSchema);

    public static SettingForm<Dictionary<string, string>> Labels { get; } = new(
        "NAME=VALUE", ReadLabels, () => new() { ["type"] = "object", ["additionalProperties"] = new JsonObject { ["type"] = "string" } });

    /// <param name="item">The form of one entry.</param>
    public static SettingForm<T[]> List<T>(SettingForm<T> item) => new(
        item.ValueName, text => ReadList(text, item.Parse), () => new() { ["type"] = "array", ["items"] = item.Schema() });

    public static SettingForm<string> Text(string valueName) => new(valueName, ValueParsers.Text, TextSchema);

    public static SettingForm<int> WholeNumber(int min, int max) => new("N", ValueParsers.WholeNumber(min, max), () => NumberSchema(min, max));

    public static SettingForm<int?> WholeNumberOrAuto(int min, int max) => new(
        "N|auto",
        text => text == "auto" ? null : ValueParsers.WholeNumber(min, max)(text),
        () => new() { ["anyOf"] = new JsonArray(NumberSchema(min, max), new JsonObject { ["const"] = "auto" }) });

    /// <param name="bareUnit">The unit of a number without one.</param>
    /// <param name="max">The longest that is taken.</param>
    public static SettingForm<TimeSpan> Duration(TimeSpan max, string valueName = "TIME", char bareUnit = 's') => new(
        valueName,
        text => ValueParsers.Duration(max, bareUnit)(text),
        () => new() { ["type"] = new JsonArray("string", "number"), ["pattern"] = @"^[0-9]+(\.[0-9]+)?(ms|s|m|h|d)?$", ["minimum"] = 0 });

    public static SettingForm<long> WholeNumber(long min, long max) => new("N", ValueParsers.WholeNumber(min, max), () => NumberSchema(min, max));

    public static SettingForm<long> Bytes(long min, long max) => new(
        "SIZE", ValueParsers.Bytes(min, max), () => new() { ["type"] = new JsonArray("string", "integer"), ["pattern"] = "^[0-9]+(KiB|MiB|GiB)?$", ["minimum"] = min, ["maximum"] = max });

    /// <param name="min">The shortest that is taken.</param>
    /// <param name="max">The longest that is taken.</param>
    public static SettingForm<TimeSpan> Duration(TimeSpan min, TimeSpan max) => new(
        "TIME",
        text => ValueParsers.Duration(max)(text) is var time && time >= min ? time : throw new FormatException($"must be at least {min.TotalSeconds} s"),
        Duration(max).Schema);

    public static SettingForm<string> OneOf(string valueName, params string[] names) => new(
        valueName, ValueParsers.OneOf(names), () => new() { ["enum"] = new JsonArray([.. names.Select(name => JsonValue.Create(name))]) });

    private static JsonObject TextSchema() => new() { ["type"] = "string", ["minLength"] = 1 };

    private static JsonObject NumberSchema(long min, long max) => new() { ["type"] = "integer", ["minimum"] = min, ["maximum"] = max };

    private static T[] ReadList<T>(string text, ValueParser<T> parser)
    {
        var entries = text.Split(EntrySeparator, StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        return [.. entries.Select(entry =>
        {
            try
            {
                return parser(entry);
            }
            catch (FormatException wrong) when (entries.Length > 1)
            {
                throw new FormatException($"is wrong: '{entry}' {wrong.Message}", wrong);
            }
        })];
    }

    private static Dictionary<string, string> ReadLabels(string text)
    {
        var labels = new Dictionary<string, string>();
        foreach (var entry in text.Split(EntrySeparator))
        {
            var label = ValueParsers.Label(entry);
            if (!labels.TryAdd(label.Key, label.Value))
            {
                throw new FormatException($"is wrong: {label.Key} is given twice");
            }
        }

        return labels;
    }
}
