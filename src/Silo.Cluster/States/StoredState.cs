using System.Text.Json;
using System.Text.Json.Serialization;

namespace Silo.Cluster.States;

/// <summary>A state as Orleans keeps it: what the actor wrote, whatever that is.</summary>
internal sealed class StoredState
{
    /// <summary>Undefined when there is none, or none that can be read.</summary>
    public JsonElement Value { get; set; }
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(StoredState))]
internal sealed partial class StoredStateJson : JsonSerializerContext;
