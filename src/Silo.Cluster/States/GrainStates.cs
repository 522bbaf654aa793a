using System.Text;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Orleans.Storage;
using Silo.Core.Storage;

namespace Silo.Cluster.States;

/// <summary>What actors keep although it may be lost, in the cluster's grain storage, where the silo that hosts the actor next finds it.</summary>
internal sealed class GrainStates([FromKeyedServices(GrainStates.StorageName)] IGrainStorage storage) : IActorStateStore
{
    /// <summary>Of the grain storage; no grain uses another one.</summary>
    public const string StorageName = "silo";

    private const int TriesMax = 10;

    public async Task<ReadOnlyMemory<byte>?> ReadAsync(ActorStateKey key, CancellationToken cancellationToken)
    {
        try
        {
            var state = await ReadStateAsync(key).WaitAsync(cancellationToken);
            return state.State is { Value: { ValueKind: not JsonValueKind.Undefined } value } ? new ReadOnlyMemory<byte>(Encoding.UTF8.GetBytes(value.GetRawText())) : (ReadOnlyMemory<byte>?)null;
        }
        catch (Exception problem) when (problem is not OperationCanceledException)
        {
            throw new StoreUnavailableException($"The state of {key.Kind} '{key.Key}' cannot be read from the cluster's grain storage: {problem.Message}", problem);
        }
    }

    public async Task WriteAsync(ActorStateKey key, ReadOnlyMemory<byte> json, CancellationToken cancellationToken)
    {
        key.Check(json);
        var value = JsonElement.Parse(json.Span);
        try
        {
            await WriteStateAsync(key, value).WaitAsync(cancellationToken);
        }
        catch (Exception problem) when (problem is not OperationCanceledException)
        {
            throw new StoreUnknownException($"Whether the state of {key.Kind} '{key.Key}' was written to the cluster's grain storage is not known: {problem.Message}", problem);
        }
    }

    /// <remarks>Orleans writes only over the version that was read; here the last write stands.</remarks>
    private async Task WriteStateAsync(ActorStateKey key, JsonElement value)
    {
        for (var tries = 1; ; tries++)
        {
            var state = await ReadStateAsync(key);
            state.State = new StoredState { Value = value };
            try
            {
                await storage.WriteStateAsync(key.Kind, Id(key), state);
                return;
            }
            catch (InconsistentStateException) when (tries < TriesMax)
            {
                // Another writer came between; this one goes over it.
            }
        }
    }

    private async Task<GrainState<StoredState>> ReadStateAsync(ActorStateKey key)
    {
        var state = new GrainState<StoredState>(new StoredState());
        await storage.ReadStateAsync(key.Kind, Id(key), state);
        return state;
    }

    private static GrainId Id(ActorStateKey key) => GrainId.Create(key.Kind, key.Key);
}
