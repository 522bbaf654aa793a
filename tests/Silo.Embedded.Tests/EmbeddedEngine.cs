using Microsoft.Extensions.Logging.Abstractions;
using Silo.Conformance.Engine;
using Silo.Core.Engine;

namespace Silo.Embedded.Tests;

/// <summary>The engine under test, with every call written and read as in a cluster.</summary>
internal sealed class EmbeddedEngine(ActorFactories factories, LiveEvents events, TimeProvider? time = null) : IRunningEngine
{
    private readonly EmbeddedActors _actors = new(
        new EmbeddedOptions { ReencodeCalls = true }, factories, events, time ?? TimeProvider.System, NullLogger<EmbeddedActors>.Instance);

    public IActors Actors => _actors;

    public static Task<IRunningEngine> StartAsync(ActorFactories factories, LiveEvents events) =>
        Task.FromResult<IRunningEngine>(new EmbeddedEngine(factories, events));

    public ValueTask DisposeAsync() => _actors.DisposeAsync();
}
