using System.Text.Json;
using System.Text.Json.Serialization;
using Silo.Core.Nodes;
using Silo.Core.Tasks;

namespace Silo.Core.Storage;

/// <summary>The parts of rows that every store keeps as JSON: nothing is selected by them but labels. What is written so stays in stores for years, so fields are only added.</summary>
[JsonSourceGenerationOptions(DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingDefault)]
[JsonSerializable(typeof(PlacementRule))]
[JsonSerializable(typeof(IReadOnlyDictionary<string, string>))]
[JsonSerializable(typeof(NodeRegistration))]
public sealed partial class RowJson : JsonSerializerContext
{
    /// <returns>Null when there are none.</returns>
    public static string? WriteLabels(IReadOnlyDictionary<string, string>? labels) =>
        labels is null or { Count: 0 } ? null : JsonSerializer.Serialize(labels, Default.IReadOnlyDictionaryStringString);

    public static IReadOnlyDictionary<string, string>? ReadLabels(ReadOnlySpan<byte> json) =>
        json.IsEmpty ? null : JsonSerializer.Deserialize(json, Default.IReadOnlyDictionaryStringString);

    /// <returns>Null for anywhere.</returns>
    public static string? WritePlacement(PlacementRule rule)
    {
        var anywhere = rule.RequiredNode is null && rule.PreferredNode is null && rule.ExcludedNodes is null or { Count: 0 } && rule.RequiredLabels is null or { Count: 0 };
        return anywhere ? null : JsonSerializer.Serialize(rule, Default.PlacementRule);
    }

    public static PlacementRule ReadPlacement(ReadOnlySpan<byte> json) =>
        json.IsEmpty ? Tasks.PlacementRule.Anywhere : JsonSerializer.Deserialize(json, Default.PlacementRule)!;

    public static string WriteRegistration(NodeRegistration registration) => JsonSerializer.Serialize(registration, Default.NodeRegistration);

    public static NodeRegistration ReadRegistration(ReadOnlySpan<byte> json) => JsonSerializer.Deserialize(json, Default.NodeRegistration)!;
}
