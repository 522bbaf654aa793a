using System.Collections.Concurrent;
using System.Collections.Frozen;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization.Metadata;
using Silo.Contracts.Json;
using Silo.Contracts.Problems;
using Silo.Gateway.Nodes;

namespace Silo.Gateway.Requests;

/// <summary>Holds a JSON value against a record's generated description, names everything that does not fit, and keeps what does, so that its values can be checked too.</summary>
internal sealed class ShapeCheck(JsonSerializerOptions options, RequestProblems problems)
{
    /// <summary>No field has a longer name; what a sender made up is shown by its beginning.</summary>
    private const int NameShownMax = 128;

    /// <summary>Longer paths are not carried along: they would be copied for every item below them.</summary>
    private const int PathShownMax = 512;

    private static readonly ConcurrentDictionary<JsonTypeInfo, KnownFields> Known = new();

    private readonly JsonDocumentOptions _reading = new() { MaxDepth = options.MaxDepth };

    /// <returns>The record made of what fits; null when something it cannot do without is missing.</returns>
    public T? Salvage<T>(ReadOnlyMemory<byte> utf8, JsonTypeInfo<T> info, string root)
        where T : class
    {
        JsonDocument document;
        try
        {
            document = JsonDocument.Parse(utf8, _reading);
        }
        catch (JsonException problem)
        {
            problems.Add("body", ProblemCodes.InvalidJson, InvalidJson(problem));
            return null;
        }

        using (document)
        {
            try
            {
                if (TryKeep(document.RootElement, info.Type, root, out var kept) && !problems.IsFull)
                    return kept.Deserialize(info);
            }
            catch (JsonException problem) when (problems.Any)
            {
                // Something required is missing or did not fit: it is reported already.
                _ = problem;
            }
            catch (JsonException problem)
            {
                problems.Add(problem.Path ?? "body", ProblemCodes.InvalidJson, "does not fit this request");
            }

            return null;
        }
    }

    private string InvalidJson(JsonException problem) =>
        problem.LineNumber is { } line
            ? $"must be JSON, at most {options.MaxDepth} levels deep; line {line + 1}, byte {problem.BytePositionInLine + 1} is not"
            : $"must be JSON, at most {options.MaxDepth} levels deep";

    private bool TryKeep(JsonElement element, Type type, string path, out JsonNode? kept)
    {
        kept = null;
        if (type == typeof(RawJson))
        {
            CheckDuplicates(element, path);
            kept = element.ValueKind == JsonValueKind.Null ? null : JsonNode.Parse(element.GetRawText(), documentOptions: _reading);
            return true;
        }

        var info = options.GetTypeInfo(Nullable.GetUnderlyingType(type) ?? type);
        return (info.Kind, element.ValueKind) switch
        {
            (JsonTypeInfoKind.Object, JsonValueKind.Object) => KeepObject(element, info, path, out kept),
            (JsonTypeInfoKind.Enumerable, JsonValueKind.Array) => KeepArray(element, info.ElementType!, path, out kept),
            (JsonTypeInfoKind.Dictionary, JsonValueKind.Object) => KeepMap(element, info.ElementType!, path, out kept),
            (JsonTypeInfoKind.None, not JsonValueKind.Null) => KeepLeaf(element, info, path, out kept),
            _ => Refuse(path, ProblemCodes.WrongType, $"must be {JsonTypeNames.Of(info)}"),
        };
    }

    private bool KeepObject(JsonElement element, JsonTypeInfo info, string path, out JsonNode? kept)
    {
        var seen = new HashSet<string>(StringComparer.Ordinal);
        var known = Known.GetOrAdd(info, KnownFields.Of);
        var result = new JsonObject();
        foreach (var member in element.EnumerateObject().TakeWhile(_ => !problems.IsFull))
        {
            var memberPath = Join(path, member.Name);
            if (!known.Fields.TryGetValue(member.Name, out var property))
                problems.Add(memberPath, ProblemCodes.UnknownField, known.Rule);
            else if (!seen.Add(member.Name))
                problems.Add(memberPath, ProblemCodes.DuplicateField, "must be given once");
            else if (member.Value.ValueKind == JsonValueKind.Null && MayBeNull(property))
                result[member.Name] = null;
            else if (TryKeep(member.Value, property.PropertyType, memberPath, out var value))
                result[member.Name] = value;
        }

        foreach (var property in info.Properties.Where(property => IsRequired(property) && !seen.Contains(property.Name)))
            problems.Add(Join(path, property.Name), ProblemCodes.MissingField, "must be given");
        kept = result;
        return true;
    }

    private bool KeepArray(JsonElement element, Type elementType, string path, out JsonNode? kept)
    {
        var result = new JsonArray();
        var complete = true;
        foreach (var (index, item) in element.EnumerateArray().TakeWhile(_ => !problems.IsFull).Index())
        {
            var fits = TryKeep(item, elementType, $"{path}[{index}]", out var value);
            // An empty object holds the place of an item that does not fit, so that the problems of later ones carry the right number.
            if (!fits && options.GetTypeInfo(elementType).Kind == JsonTypeInfoKind.Object)
                value = new JsonObject();
            else
                complete &= fits;
            result.Add(value);
        }

        kept = result;
        return complete;
    }

    private bool KeepMap(JsonElement element, Type elementType, string path, out JsonNode? kept)
    {
        var result = new JsonObject();
        foreach (var member in element.EnumerateObject().TakeWhile(_ => !problems.IsFull))
        {
            var memberPath = Join(path, member.Name);
            if (result.ContainsKey(member.Name))
                problems.Add(memberPath, ProblemCodes.DuplicateField, "must be given once");
            else if (TryKeep(member.Value, elementType, memberPath, out var value))
                result[member.Name] = value;
        }

        kept = result;
        return true;
    }

    private bool KeepLeaf(JsonElement element, JsonTypeInfo info, string path, out JsonNode? kept)
    {
        kept = null;
        try
        {
            element.Deserialize(info);
            kept = JsonValue.Create(element.Clone());
            return true;
        }
        catch (JsonException)
        {
            var (code, rule) = JsonTypeNames.Misfit(element, info);
            return Refuse(path, code, rule);
        }
    }

    private void CheckDuplicates(JsonElement element, string path)
    {
        if (element.ValueKind == JsonValueKind.Array)
        {
            foreach (var (index, item) in element.EnumerateArray().TakeWhile(_ => !problems.IsFull).Index())
                CheckDuplicates(item, $"{path}[{index}]");
        }
        else if (element.ValueKind == JsonValueKind.Object)
        {
            var seen = new HashSet<string>(StringComparer.Ordinal);
            foreach (var member in element.EnumerateObject().TakeWhile(_ => !problems.IsFull))
            {
                var memberPath = Join(path, member.Name);
                if (!seen.Add(member.Name))
                    problems.Add(memberPath, ProblemCodes.DuplicateField, "must be given once");
                CheckDuplicates(member.Value, memberPath);
            }
        }
    }

    private bool Refuse(string path, string code, string rule)
    {
        problems.Add(path.Length == 0 ? "body" : path, code, rule);
        return false;
    }

    /// <param name="Rule">What is said of a field that is none of them; made once, since a body may have it a thousand times.</param>
    private sealed record KnownFields(FrozenDictionary<string, JsonPropertyInfo> Fields, string Rule)
    {
        public static KnownFields Of(JsonTypeInfo info) => new(
            info.Properties.ToFrozenDictionary(property => property.Name, StringComparer.Ordinal),
            info.Properties.Count == 0 ? "is no field here; there are none" : $"is no field here; known are {string.Join(", ", info.Properties.Select(property => property.Name))}");
    }

    private static bool MayBeNull(JsonPropertyInfo property) => property.IsGetNullable || property.PropertyType == typeof(RawJson);

    private static bool IsRequired(JsonPropertyInfo property) =>
        property.IsRequired || property.AssociatedParameter is { HasDefaultValue: false, IsMemberInitializer: false };

    private static string Join(string path, string name)
    {
        name = ShownText.Shorten(name, NameShownMax);
        return path.Length == 0 ? name : ShownText.Shorten($"{path}.{name}", PathShownMax);
    }
}
