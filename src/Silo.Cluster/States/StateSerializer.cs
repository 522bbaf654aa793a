using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Orleans.Storage;

namespace Silo.Cluster.States;

/// <summary>Writes states by generated code. Orleans' default names the types in what it writes, and cannot read that back for types of ours.</summary>
internal sealed class StateSerializer : IGrainStorageSerializer
{
    public BinaryData Serialize<T>(T? input) => new(JsonSerializer.SerializeToUtf8Bytes(input!, Info<T>()));

    /// <returns>Null for what cannot be read: it may be lost, so it may be spoilt, and must not keep a new one from being written over it.</returns>
    public T Deserialize<T>(BinaryData input)
    {
        try
        {
            return JsonSerializer.Deserialize(input, Info<T>())!;
        }
        catch (JsonException)
        {
            return default!;
        }
    }

    private static JsonTypeInfo<T> Info<T>() => (JsonTypeInfo<T>?)StoredStateJson.Default.GetTypeInfo(typeof(T))
        ?? throw new NotSupportedException($"{typeof(T)} is no state of Silo's: it needs a line in {nameof(StoredStateJson)}.");
}
