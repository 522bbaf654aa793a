using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Silo.Contracts.Problems;

namespace Silo.Gateway.Requests;

/// <summary>What a field must be, in words.</summary>
internal static class JsonTypeNames
{
    public static string Of(JsonTypeInfo info) => info.Kind switch
    {
        JsonTypeInfoKind.Object => "an object",
        JsonTypeInfoKind.Enumerable => "an array",
        JsonTypeInfoKind.Dictionary => "an object whose values are strings",
        _ => Of(info.Type),
    };

    /// <summary>The code and rule for a single value that does not fit its field.</summary>
    public static (string Code, string Rule) Misfit(JsonElement element, JsonTypeInfo info)
    {
        if (IsWhole(info.Type) && element.ValueKind == JsonValueKind.Number && element.GetDouble() is var number && Math.Floor(number) == number)
            return (ProblemCodes.OutOfRange, $"must be a whole number written without fraction or exponent and of at most {(info.Type == typeof(int) ? 32 : 64)} bits");
        var code = info.Type == typeof(Guid) && element.ValueKind == JsonValueKind.String ? ProblemCodes.BadId : ProblemCodes.WrongType;
        return (code, $"must be {Of(info)}");
    }

    private static bool IsWhole(Type type) => type == typeof(int) || type == typeof(long);

    private static string Of(Type type) => type switch
    {
        _ when type == typeof(string) => "a string",
        _ when type == typeof(bool) => "true or false",
        _ when IsWhole(type) => "a whole number",
        _ when type == typeof(double) => "a number",
        _ when type == typeof(Guid) => "a task id: a UUID in its dashed form",
        _ when type == typeof(DateTimeOffset) => "a time as ISO 8601 with its offset, as 2030-01-31T12:00:00Z",
        _ => "another type",
    };
}
