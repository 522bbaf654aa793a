using Silo.Core.Storage;

namespace Silo.Embedded.Tests.EndToEnd;

/// <summary>A place for states that answers a read as the test says, and counts.</summary>
internal sealed class ScriptedStates(Func<int, Task<ReadOnlyMemory<byte>?>> read) : IActorStateStore
{
    private int _reads;

    public int Reads => Volatile.Read(ref _reads);

    public Task<ReadOnlyMemory<byte>?> ReadAsync(ActorStateKey key, CancellationToken cancellationToken) => read(Interlocked.Increment(ref _reads)).WaitAsync(cancellationToken);

    public Task WriteAsync(ActorStateKey key, ReadOnlyMemory<byte> json, CancellationToken cancellationToken) => throw new StoreUnavailableException("The states are away.");
}
