using Silo.Conformance.Engine;
using Silo.Core.Engine;

namespace Silo.Cluster.Tests.Conformance;

public sealed class ClusterSiloClientTests(GrainCluster cluster) : SiloClientConformance
{
    protected override Task<IRunningEngine> StartEngineAsync(ActorFactories factories, LiveEvents events) => Task.FromResult(cluster.StartEngine(factories, events));
}
