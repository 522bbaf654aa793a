using System.Collections;
using System.Reflection;
using System.Text.Json.Serialization;

namespace Silo.Conformance.Engine;

/// <summary>Compares messages by what they carry, through lists and bytes, which records compare by reference.</summary>
internal static class MessageComparison
{
    /// <returns>Null when equal, else the path of the first difference and both values.</returns>
    public static string? FirstDifference(object? expected, object? actual, string path)
    {
        switch (expected, actual)
        {
            case (null, null):
                return null;
            case (null, _) or (_, null):
                return $"{path}: {expected ?? "null"} became {actual ?? "null"}";
            case (ReadOnlyMemory<byte> left, ReadOnlyMemory<byte> right):
                return left.Span.SequenceEqual(right.Span) ? null : $"{path}: {left.Length} bytes became {right.Length} other bytes";
            case (IReadOnlyDictionary<string, string> left, IReadOnlyDictionary<string, string> right):
                return FirstDifference(left.OrderBy(static one => one.Key).ToList(), right.OrderBy(static one => one.Key).ToList(), path);
            case (string or DateTimeOffset, _):
                return expected.Equals(actual) ? null : $"{path}: {expected} became {actual}";
            case (IEnumerable left, IEnumerable right):
                return FirstDifferenceOfItems([.. left.Cast<object?>()], [.. right.Cast<object?>()], path);
            default:
                return FirstDifferenceOfMembers(expected, actual, path);
        }
    }

    private static string? FirstDifferenceOfItems(List<object?> expected, List<object?> actual, string path) =>
        expected.Count != actual.Count
            ? $"{path}: {expected.Count} items became {actual.Count}"
            : Enumerable.Range(0, expected.Count).Select(i => FirstDifference(expected[i], actual[i], $"{path}[{i}]")).FirstOrDefault(static one => one is not null);

    private static string? FirstDifferenceOfMembers(object expected, object actual, string path)
    {
        var type = expected.GetType();
        if (type != actual.GetType() || type.Assembly == typeof(int).Assembly || type.IsEnum)
        {
            return IsPair(type) ? FirstDifferenceOfProperties(expected, actual, path) : expected.Equals(actual) ? null : $"{path}: {expected} became {actual}";
        }

        return FirstDifferenceOfProperties(expected, actual, path);
    }

    private static bool IsPair(Type type) => type.IsGenericType && type.GetGenericTypeDefinition() == typeof(KeyValuePair<,>);

    private static string? FirstDifferenceOfProperties(object expected, object actual, string path) =>
        expected.GetType().GetProperties(BindingFlags.Public | BindingFlags.Instance)
            .Where(static one => one.GetIndexParameters().Length == 0 && one.GetCustomAttribute<JsonIgnoreAttribute>() is null)
            .Select(one => FirstDifference(one.GetValue(expected), one.GetValue(actual), $"{path}.{one.Name}"))
            .FirstOrDefault(static one => one is not null);
}
