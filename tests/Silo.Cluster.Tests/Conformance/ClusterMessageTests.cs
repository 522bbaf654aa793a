using Microsoft.Extensions.DependencyInjection;
using Orleans.Serialization;
using Silo.Cluster.Client;
using Silo.Conformance.Engine;

namespace Silo.Cluster.Tests.Conformance;

public sealed class ClusterMessageTests : MessageConformance
{
    private static readonly Serializer Serializer = new ServiceCollection().AddSiloMessages().BuildServiceProvider().GetRequiredService<Serializer>();

    protected override object Send(object message, Type type) => Serializer.Deserialize<object>(Serializer.SerializeToArray(message))!;
}
