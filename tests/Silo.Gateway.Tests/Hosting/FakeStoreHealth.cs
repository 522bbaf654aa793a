using Silo.Core.Storage;

namespace Silo.Gateway.Tests.Hosting;

/// <summary>Takes writes until a test says otherwise.</summary>
internal sealed class FakeStoreHealth : IStoreHealth
{
    public bool TakesWrites { get; set; } = true;

    public Task<bool> TakesWritesAsync(CancellationToken cancellationToken) => Task.FromResult(TakesWrites);
}
