using System.Text.Json;

namespace Silo.Cli.Configuration;

/// <summary>Settings as one JSON object; comments and trailing commas are allowed, as people write this file.</summary>
internal static class JsonSettings
{
    private static readonly JsonDocumentOptions Options = new() { AllowTrailingCommas = true, CommentHandling = JsonCommentHandling.Skip };

    public static void Read(SettingsFile file, string text)
    {
        try
        {
            using var document = JsonDocument.Parse(text, Options);
            if (document.RootElement.ValueKind != JsonValueKind.Object)
            {
                file.AddProblemAt("the file", "must be one object of settings.");
                return;
            }

            // Editors find the schema by this key.
            foreach (var property in document.RootElement.EnumerateObject().Where(property => property.Name != "$schema"))
            {
                Add(file, property.Name, property.Value);
            }
        }
        catch (JsonException broken)
        {
            file.AddProblemAt("the file", $"is no JSON: {broken.Message}");
        }
    }

    private static void Add(SettingsFile file, string key, JsonElement value)
    {
        if (Scalar(value) is { } text)
        {
            file.Add(key, text);
        }
        else if (value.ValueKind == JsonValueKind.Object && file.IsSection(key))
        {
            foreach (var setting in value.EnumerateObject())
            {
                Add(file, $"{key}{Setting.SectionEnd}{setting.Name}", setting.Value);
            }
        }
        else if (value.ValueKind == JsonValueKind.Object && value.EnumerateObject().All(entry => Scalar(entry.Value) is not null))
        {
            file.Add(key, SettingShape.Map, [.. value.EnumerateObject().Select(entry => $"{entry.Name}={Scalar(entry.Value)}")]);
        }
        else if (value.ValueKind == JsonValueKind.Array && value.EnumerateArray().All(entry => Scalar(entry) is not null))
        {
            file.Add(key, SettingShape.List, [.. value.EnumerateArray().Select(entry => Scalar(entry)!)]);
        }
        else
        {
            file.AddProblemAt(key, "must be a text, a number, true or false; leave it out for its default.");
        }
    }

    private static string? Scalar(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.String => value.GetString(),
        JsonValueKind.Number or JsonValueKind.True or JsonValueKind.False => value.GetRawText(),
        _ => null,
    };
}
