using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace Silo.Core.Handlers;

/// <summary>Says which field of a refused payload breaks which rule. The serializer's own texts name .NET types, and for a missing field no field at all.</summary>
internal static class PayloadInspector
{
    private const string Root = "payload";

    public static PayloadProblem Explain(ReadOnlyMemory<byte> payload, JsonTypeInfo type, JsonException refusal)
    {
        JsonDocument document;
        try
        {
            document = JsonDocument.Parse(payload);
        }
        catch (JsonException broken)
        {
            return new PayloadProblem(Root, $"must be JSON: it breaks off or goes wrong in line {broken.LineNumber + 1} at byte {broken.BytePositionInLine + 1}");
        }

        using (document)
        {
            return FindProblem(document.RootElement, type, Root) ?? new PayloadProblem(FieldOf(refusal.Path), "does not have the form that this task type reads");
        }
    }

    private static PayloadProblem? FindProblem(JsonElement value, JsonTypeInfo type, string field) => type.Kind switch
    {
        JsonTypeInfoKind.Object when value.ValueKind == JsonValueKind.Object => FindInObject(value, type, field),
        JsonTypeInfoKind.Enumerable when value.ValueKind == JsonValueKind.Array => FindInArray(value, type, field),
        _ => FindInValue(value, type, field),
    };

    private static PayloadProblem? FindInObject(JsonElement value, JsonTypeInfo type, string field)
    {
        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (var given in value.EnumerateObject())
        {
            var path = $"{field}.{given.Name}";
            if (!seen.Add(given.Name))
                return new PayloadProblem(path, "is given twice");
            if (Find(type, given.Name) is not { } property)
                return new PayloadProblem(path, $"is not a field of this task type; it has {FieldsOf(type)}");
            if (given.Value.ValueKind == JsonValueKind.Null && !property.IsSetNullable)
                return new PayloadProblem(path, "must not be null");
            if (FindProblem(given.Value, type.Options.GetTypeInfo(property.PropertyType), path) is { } problem)
                return problem;
        }

        foreach (var property in type.Properties)
        {
            if (IsRequired(property) && !seen.Contains(property.Name))
                return new PayloadProblem($"{field}.{property.Name}", "is required");
        }

        return null;
    }

    private static PayloadProblem? FindInArray(JsonElement value, JsonTypeInfo type, string field)
    {
        var element = type.Options.GetTypeInfo(type.ElementType!);
        var index = 0;
        foreach (var item in value.EnumerateArray())
        {
            if (FindProblem(item, element, $"{field}[{index}]") is { } problem)
                return problem;
            index++;
        }

        return null;
    }

    private static PayloadProblem? FindInValue(JsonElement value, JsonTypeInfo type, string field)
    {
        try
        {
            value.Deserialize(type);
            return null;
        }
        catch (JsonException)
        {
            return new PayloadProblem(field, $"must be {Expected(type)}");
        }
    }

    private static JsonPropertyInfo? Find(JsonTypeInfo type, string name)
    {
        foreach (var property in type.Properties)
        {
            if (property.Name == name)
                return property;
        }

        return null;
    }

    private static bool IsRequired(JsonPropertyInfo property) =>
        property.IsRequired || property.AssociatedParameter is { HasDefaultValue: false, IsMemberInitializer: false };

    private static string FieldsOf(JsonTypeInfo type) =>
        type.Properties.Count == 0 ? "none" : string.Join(", ", type.Properties.Select(property => property.Name));

    private static string Expected(JsonTypeInfo type)
    {
        var target = Nullable.GetUnderlyingType(type.Type) ?? type.Type;
        if (target.IsEnum)
            return "one of " + string.Join(", ", Enum.GetNames(target).Select(JsonNamingPolicy.CamelCase.ConvertName));
        return (type.Kind, Type.GetTypeCode(target)) switch
        {
            (JsonTypeInfoKind.Object or JsonTypeInfoKind.Dictionary, _) => "an object",
            (JsonTypeInfoKind.Enumerable, _) => "an array",
            (_, TypeCode.String or TypeCode.Char) => "a string",
            (_, TypeCode.Boolean) => "true or false",
            (_, TypeCode.Double or TypeCode.Single or TypeCode.Decimal) => "a number",
            (_, TypeCode.Int64) => "a whole number",
            (_, TypeCode.Int32) => $"a whole number from {int.MinValue} to {int.MaxValue}",
            (_, >= TypeCode.SByte and <= TypeCode.UInt64) => "a whole number in the range of the field",
            _ => $"a value of the form {target.Name}",
        };
    }

    /// <summary><c>$.items[2]</c> becomes <c>payload.items[2]</c>.</summary>
    private static string FieldOf(string? path) => path is { Length: > 1 } ? Root + path[1..] : Root;
}
