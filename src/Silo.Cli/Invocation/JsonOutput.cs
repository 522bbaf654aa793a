using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace Silo.Cli.Invocation;

internal static class JsonOutput
{
    /// <summary>One value on one line.</summary>
    public static void WriteJson<T>(this Terminal terminal, T value, JsonTypeInfo<T> type) => terminal.WriteLine(JsonSerializer.Serialize(value, type));
}
