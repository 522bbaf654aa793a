using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Silo.Cli.Configuration;

/// <summary>The settings as a JSON Schema, by which editors check and complete a JSON or YAML file.</summary>
internal static class SettingsSchema
{
    private static readonly JsonSerializerOptions Written = new() { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, NewLine = "\n" };

    public static string Write()
    {
        var properties = new JsonObject { ["$schema"] = new JsonObject { ["type"] = "string" } };
        foreach (var setting in Settings.All)
        {
            var (section, name) = setting.Name.Split(Setting.SectionEnd) is [var first, var second] ? (Section(properties, first), second) : (properties, setting.Name);
            section[name] = Property(setting);
        }

        var schema = new JsonObject
        {
            ["$schema"] = "https://json-schema.org/draft/2020-12/schema",
            ["title"] = "Silo",
            ["description"] = "Settings of the silo program, as a JSON or YAML file given with --config.",
            ["type"] = "object",
            ["properties"] = properties,
            ["additionalProperties"] = false,
        };
        return schema.ToJsonString(Written);
    }

    private static JsonObject Section(JsonObject properties, string name)
    {
        if (!properties.ContainsKey(name))
        {
            properties[name] = new JsonObject { ["type"] = "object", ["properties"] = new JsonObject(), ["additionalProperties"] = false };
        }

        return properties[name]!["properties"]!.AsObject();
    }

    private static JsonObject Property(Setting setting)
    {
        var property = setting.Schema();
        property["description"] = $"{setting.Description} Used by {setting.UsedBy}.";
        if (setting.IsSecret)
        {
            property["writeOnly"] = true;
        }

        if (setting is { Default: { } text, DefaultInWords: null })
        {
            property["default"] = text;
        }

        return property;
    }
}
