using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Silo.Contracts.Json;

/// <summary>Any JSON, passed on byte by byte as it came; the default, and what <c>null</c> is read as, is none.</summary>
[JsonConverter(typeof(RawJsonConverter))]
public readonly struct RawJson(ReadOnlyMemory<byte> utf8) : IEquatable<RawJson>
{
    /// <summary>UTF-8 JSON; empty for none. Must be valid: it is written without another look.</summary>
    public ReadOnlyMemory<byte> Utf8 { get; } = utf8;

    public bool IsNone => Utf8.IsEmpty;

    /// <summary>Takes JSON text.</summary>
    /// <exception cref="JsonException">The text is no JSON.</exception>
    public static RawJson Parse(string json) => new(JsonMarshal.GetRawUtf8Value(JsonElement.Parse(json)).ToArray());

    public override string ToString() => IsNone ? "null" : Encoding.UTF8.GetString(Utf8.Span);

    public bool Equals(RawJson other) => Utf8.Span.SequenceEqual(other.Utf8.Span);

    public override bool Equals(object? obj) => obj is RawJson other && Equals(other);

    public override int GetHashCode()
    {
        var hash = new HashCode();
        hash.AddBytes(Utf8.Span);
        return hash.ToHashCode();
    }

    public static bool operator ==(RawJson left, RawJson right) => left.Equals(right);

    public static bool operator !=(RawJson left, RawJson right) => !left.Equals(right);
}

internal sealed class RawJsonConverter : JsonConverter<RawJson>
{
    public override bool HandleNull => true;

    public override RawJson Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        // Read as an element under the caller's options, so that its rules on duplicate names and depth hold inside too.
        var element = JsonSerializer.Deserialize(ref reader, ApiJson.ElementInfo(options));
        return element.ValueKind == JsonValueKind.Null ? default : new RawJson(JsonMarshal.GetRawUtf8Value(element).ToArray());
    }

    public override void Write(Utf8JsonWriter writer, RawJson value, JsonSerializerOptions options)
    {
        if (value.IsNone)
            writer.WriteNullValue();
        else
            writer.WriteRawValue(value.Utf8.Span, skipInputValidation: true);
    }
}
