using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Silo.Core.Tasks;

/// <summary>The name of a task: a UUID of version 7, so that ids sort by the time they were made. Chosen before the first write.</summary>
[JsonConverter(typeof(TaskIdJsonConverter))]
public readonly record struct TaskId(Guid Value) : IComparable<TaskId>
{
    /// <summary>Reads the dashed or undashed form; anything else, and the all-zero id, is refused.</summary>
    public static bool TryParse([NotNullWhen(true)] string? text, out TaskId id)
    {
        var parsed = Guid.TryParseExact(text, "D", out var value) || Guid.TryParseExact(text, "N", out value);
        id = new TaskId(value);
        return parsed && value != Guid.Empty;
    }

    /// <exception cref="FormatException">The text is no task id.</exception>
    public static TaskId Parse(string text) =>
        TryParse(text, out var id) ? id : throw new FormatException($"'{text}' is not a task id: a UUID was expected.");

    /// <summary>Order of the 16 bytes read big-endian, which is also the order of <see cref="ToString"/> and of both stores.</summary>
    public int CompareTo(TaskId other) => Value.CompareTo(other.Value);

    public static bool operator <(TaskId left, TaskId right) => left.CompareTo(right) < 0;

    public static bool operator >(TaskId left, TaskId right) => left.CompareTo(right) > 0;

    public static bool operator <=(TaskId left, TaskId right) => left.CompareTo(right) <= 0;

    public static bool operator >=(TaskId left, TaskId right) => left.CompareTo(right) >= 0;

    public override string ToString() => Value.ToString("D", CultureInfo.InvariantCulture);
}

internal sealed class TaskIdJsonConverter : JsonConverter<TaskId>
{
    public override TaskId Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        reader.TryGetGuid(out var value) ? new TaskId(value) : throw new JsonException("A task id is a UUID in its dashed form.");

    public override void Write(Utf8JsonWriter writer, TaskId value, JsonSerializerOptions options) => writer.WriteStringValue(value.Value);

    public override TaskId ReadAsPropertyName(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        TaskId.Parse(reader.GetString() ?? "");

    public override void WriteAsPropertyName(Utf8JsonWriter writer, TaskId value, JsonSerializerOptions options) =>
        writer.WritePropertyName(value.ToString());
}
