using Silo.Conformance.Engine;
using Silo.Core.Engine;

namespace Silo.Embedded.Tests;

public sealed class EmbeddedSiloClientTests : SiloClientConformance
{
    protected override Task<IRunningEngine> StartEngineAsync(ActorFactories factories, LiveEvents events) => EmbeddedEngine.StartAsync(factories, events);
}
