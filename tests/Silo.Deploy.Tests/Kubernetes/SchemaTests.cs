using System.Text.Json.Nodes;

namespace Silo.Deploy.Tests.Kubernetes;

/// <summary>Manifests against the schemas of Kubernetes and KEDA, in which an unknown field is an error.</summary>
public sealed class SchemaTests
{
    /// <summary>Overlay, kind, where to plant it, the field, its value, and what must be told.</summary>
    public static TheoryData<string, string, string, string, string, string> Plants => new()
    {
        { Manifests.Production, "StatefulSet", "spec/template/spec/containers/0", "livenesProbe", """{"httpGet":{"path":"/","port":1}}""", "livenesProbe" },
        { Manifests.Production, "StatefulSet", "spec", "replica", "3", "replica" },
        { Manifests.Dev, "StatefulSet", "spec", "replicas", "\"3\"", "replicas must be integer" },
        { Manifests.Production, "StatefulSet", "spec", "minReadySeconds", "1.5", "minReadySeconds must be integer" },
        { Manifests.Production, "StatefulSet", "spec/template/spec/containers/0/securityContext", "readOnlyRootFileSystem", "true", "readOnlyRootFileSystem" },
        { Manifests.Production, "PodDisruptionBudget", "spec", "maxUnavailable", "true", "maxUnavailable must be" },
        { Manifests.Production, "NetworkPolicy", "spec", "egres", "[]", "egres" },
        { Manifests.Production, "ScaledObject", "spec", "minReplica", "1", "minReplica" },
        { Manifests.Production, "ScaledObject", "spec/triggers/0", "metricTyp", "\"Value\"", "metricTyp" },
        { Manifests.Production, "ScaledObject", "spec", "pollingInterval", "\"15\"", "pollingInterval must be integer" },
        { Manifests.WithHpa, "HorizontalPodAutoscaler", "spec", "maxReplica", "3", "maxReplica" },
        { Manifests.Production, "Service", "", "kind", "\"Servic\"", "no schema for v1 Servic" },
        { Manifests.Production, "Service", "", "apiVersion", "\"v2\"", "no schema for v2 Service" },
    };

    [Theory]
    [InlineData(Manifests.Dev)]
    [InlineData(Manifests.Production)]
    [InlineData(Manifests.WithHpa)]
    public async Task Overlay_AsRendered_FitsTheSchemas(string overlay)
    {
        var manifests = await Manifests.RenderAsync(overlay);

        Assert.True(manifests.All.Count > 5);
        Assert.Empty(await manifests.CheckAsync());
    }

    [Theory]
    [MemberData(nameof(Plants))]
    public async Task Check_PlantedMistake_IsTold(string overlay, string kind, string place, string field, string value, string told)
    {
        var manifests = await Manifests.RenderAsync(overlay);
        var manifest = manifests.All.First(candidate => Manifests.Text(candidate["kind"]) == kind);
        var node = place.Split('/', StringSplitOptions.RemoveEmptyEntries).Aggregate(manifest, (at, step) => int.TryParse(step, out var index) ? at[index]! : at[step]!);
        node[field] = JsonNode.Parse(value);

        Assert.Contains(told, string.Join('\n', await manifests.CheckAsync()), StringComparison.Ordinal);
    }
}
