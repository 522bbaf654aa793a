using System.Text.Json;

namespace Silo.Gateway.Tests.OpenApi;

/// <summary>Holds JSON against a schema of the API's document, as far as that document uses JSON Schema. Stricter than the schema: a property that is not described does not fit.</summary>
internal sealed class SchemaCheck(JsonElement document)
{
    /// <returns>What does not fit, with its path; empty when everything does.</returns>
    public IEnumerable<string> Misfits(JsonElement value, JsonElement schema, string path = "$")
    {
        if (schema.TryGetProperty("$ref", out var reference))
            return Misfits(value, Resolve(reference.GetString()!), path);
        if (schema.TryGetProperty("allOf", out var all))
            return all.EnumerateArray().SelectMany(part => Misfits(value, part, path));
        if (schema.TryGetProperty("anyOf", out var any))
            return any.EnumerateArray().Any(part => !Misfits(value, part, path).Any()) ? [] : [$"{path} fits none of the schemas it may have: {value}"];
        return OwnMisfits(value, schema, path);
    }

    /// <summary>What a reference within the document points to.</summary>
    public JsonElement Resolve(string reference) =>
        reference.Split('/').Skip(1).Aggregate(document, (found, part) => found.GetProperty(part.Replace("~1", "/", StringComparison.Ordinal)));

    private IEnumerable<string> OwnMisfits(JsonElement value, JsonElement schema, string path)
    {
        if (schema.TryGetProperty("enum", out var values) && !values.EnumerateArray().Any(known => JsonElement.DeepEquals(known, value)))
            yield return $"{path} is {value}, which is none of {values}";
        var types = TypesOf(schema);
        if (types.Count > 0 && !types.Contains(TypeOf(value)) && !(types.Contains("number") && TypeOf(value) == "integer"))
            yield return $"{path} is {TypeOf(value)}, not {string.Join(" or ", types)}";
        if (value.ValueKind == JsonValueKind.Array && schema.TryGetProperty("items", out var items))
        {
            foreach (var misfit in value.EnumerateArray().SelectMany((item, index) => Misfits(item, items, $"{path}[{index}]")))
                yield return misfit;
        }

        if (value.ValueKind == JsonValueKind.Object)
        {
            foreach (var misfit in PropertyMisfits(value, schema, isWhole: types.Count > 0, path))
                yield return misfit;
        }
    }

    // A schema without a type only narrows another one, so that what it does not name is no misfit.
    private IEnumerable<string> PropertyMisfits(JsonElement value, JsonElement schema, bool isWhole, string path)
    {
        var known = schema.TryGetProperty("properties", out var properties) ? properties.EnumerateObject().ToDictionary(property => property.Name, property => property.Value) : [];
        foreach (var property in value.EnumerateObject())
        {
            if (known.TryGetValue(property.Name, out var described))
            {
                foreach (var misfit in Misfits(property.Value, described, $"{path}.{property.Name}"))
                    yield return misfit;
            }
            else if (isWhole && !schema.TryGetProperty("additionalProperties", out _))
            {
                yield return $"{path}.{property.Name} is not described";
            }
        }

        foreach (var name in schema.TryGetProperty("required", out var required) ? required.EnumerateArray().Select(name => name.GetString()!) : [])
        {
            if (!value.TryGetProperty(name, out _))
                yield return $"{path}.{name} is missing";
        }
    }

    private static List<string> TypesOf(JsonElement schema) => !schema.TryGetProperty("type", out var type) ? []
        : type.ValueKind == JsonValueKind.Array ? [.. type.EnumerateArray().Select(name => name.GetString()!)] : [type.GetString()!];

    private static string TypeOf(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Object => "object",
        JsonValueKind.Array => "array",
        JsonValueKind.String => "string",
        JsonValueKind.Number => value.TryGetInt64(out _) ? "integer" : "number",
        JsonValueKind.True or JsonValueKind.False => "boolean",
        _ => "null",
    };
}
