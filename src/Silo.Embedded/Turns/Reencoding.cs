using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Silo.Core.Engine;

namespace Silo.Embedded.Turns;

/// <summary>Sends a message through its written form and back.</summary>
internal static class Reencoding
{
    /// <exception cref="NotSupportedException">The type is not among those that travel.</exception>
    /// <exception cref="JsonException">What was written cannot be read back.</exception>
    public static T Copy<T>(T message)
    {
        var bytes = JsonSerializer.SerializeToUtf8Bytes(message, Written<T>.Type);
        return JsonSerializer.Deserialize(bytes, Written<T>.Type) ?? throw new JsonException($"A {typeof(T).Name} was read back as null.");
    }

    private static class Written<T>
    {
        private static readonly JsonTypeInfo<T>? Listed = (JsonTypeInfo<T>?)ActorJson.Default.GetTypeInfo(typeof(T));

        public static JsonTypeInfo<T> Type =>
            Listed ?? throw new NotSupportedException($"{typeof(T).Name} is not listed in {nameof(ActorJson)}: add it there, so that a cluster can send it.");
    }
}
