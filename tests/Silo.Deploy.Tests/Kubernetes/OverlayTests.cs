using System.Text.Json.Nodes;
using Silo.Cli.Configuration;
using Silo.Cli.Serving;
using Silo.Core.Workers;

namespace Silo.Deploy.Tests.Kubernetes;

/// <summary>What a schema cannot say: that the manifests fit each other, and the program.</summary>
public sealed class OverlayTests
{
    public static TheoryData<string> Overlays => [Manifests.Dev, Manifests.Production, Manifests.WithHpa];

    [Theory]
    [MemberData(nameof(Overlays))]
    public async Task Settings_OfTheConfigMap_AreSettingsOfTheProgram(string overlay)
    {
        var manifests = await Manifests.RenderAsync(overlay);
        var variables = manifests.Settings;
        foreach (var variable in manifests.Container["env"]!.AsArray())
            variables[Manifests.Text(variable!["name"])] = "10.0.0.1";

        Assert.Empty(SettingValues.Read(variables, file: null).Problems);
        Assert.False(manifests.Pod["enableServiceLinks"]!.GetValue<bool>());
    }

    [Theory]
    [MemberData(nameof(Overlays))]
    public async Task Drain_TimesOfPodAndProgram_NestInEachOther(string overlay)
    {
        var manifests = await Manifests.RenderAsync(overlay);
        var preStop = TimeSpan.FromSeconds(manifests.Container["lifecycle"]!["preStop"]!["sleep"]!["seconds"]!.GetValue<int>());
        var soft = SettingForms.Duration(WorkerOptions.GraceMax).Parse(manifests.Settings["SILO_GRACE"]);
        var hard = new WorkerOptions { Name = "any" }.CancelGrace;
        var termination = TimeSpan.FromSeconds(manifests.Pod["terminationGracePeriodSeconds"]!.GetValue<int>());

        Assert.True(preStop + soft + hard < ServingOptions.ShutdownLimit, $"{preStop} + {soft} + {hard} must be below {ServingOptions.ShutdownLimit}.");
        Assert.True(ServingOptions.ShutdownLimit < termination);
        // The node leaves first, and the server's own limit begins then.
        Assert.True(preStop + soft + hard + ServingOptions.ShutdownLimit < termination, $"{preStop} + {soft} + {hard} + {ServingOptions.ShutdownLimit} must be below {termination}.");
    }

    [Theory]
    [MemberData(nameof(Overlays))]
    public async Task Pods_OfEveryKind_HaveNoRights(string overlay)
    {
        var manifests = await Manifests.RenderAsync(overlay);

        foreach (var pod in manifests.All.Where(manifest => Manifests.Text(manifest["kind"]) == "StatefulSet").Select(manifest => manifest["spec"]!["template"]!["spec"]!))
        {
            Assert.False(pod["automountServiceAccountToken"]!.GetValue<bool>());
            Assert.True(pod["securityContext"]!["runAsNonRoot"]!.GetValue<bool>());
            Assert.Equal("RuntimeDefault", Manifests.Text(pod["securityContext"]!["seccompProfile"]!["type"]));
            var container = pod["containers"]!.AsArray().Single()!;
            Assert.True(container["securityContext"]!["readOnlyRootFilesystem"]!.GetValue<bool>());
            Assert.False(container["securityContext"]!["allowPrivilegeEscalation"]!.GetValue<bool>());
            Assert.Equal("""["ALL"]""", container["securityContext"]!["capabilities"]!["drop"]!.ToJsonString());
            Assert.NotNull(container["resources"]!["limits"]!["memory"]);
        }
    }

    [Theory]
    [MemberData(nameof(Overlays))]
    public async Task Probes_OfSilos_RestartForWhatIsTheirsOnly(string overlay)
    {
        var container = (await Manifests.RenderAsync(overlay)).Container;

        Assert.Equal(
            ("/health/live", "/health/live", "/health/ready"),
            (Path(container["livenessProbe"]), Path(container["startupProbe"]), Path(container["readinessProbe"])));
        static string Path(JsonNode? probe) => Manifests.Text(probe!["httpGet"]!["path"]);
    }

    [Theory]
    [MemberData(nameof(Overlays))]
    public async Task Selectors_OfWhatBelongsToSilos_AreTheLabelOfTheirPods(string overlay)
    {
        var manifests = await Manifests.RenderAsync(overlay);
        const string Label = """{"app.kubernetes.io/name":"silo"}""";

        Assert.Equal(Label, manifests.Of("StatefulSet", "silo")["spec"]!["template"]!["metadata"]!["labels"]!.ToJsonString());
        Assert.Equal(Label, manifests.Of("StatefulSet", "silo")["spec"]!["selector"]!["matchLabels"]!.ToJsonString());
        Assert.Equal(Label, manifests.Of("Service", "silo")["spec"]!["selector"]!.ToJsonString());
        Assert.Equal(Label, manifests.Of("Service", "silo-headless")["spec"]!["selector"]!.ToJsonString());
        Assert.Equal(Label, manifests.Of("PodDisruptionBudget", "silo")["spec"]!["selector"]!["matchLabels"]!.ToJsonString());
        Assert.Equal(Label, manifests.Of("NetworkPolicy", "silo")["spec"]!["podSelector"]!["matchLabels"]!.ToJsonString());
        Assert.Equal("silo-headless", Manifests.Text(manifests.Of("StatefulSet", "silo")["spec"]!["serviceName"]));
    }

    /// <summary>The numbers under which the simulated autoscaler of the gateway's tests comes to rest.</summary>
    [Fact]
    public async Task Keda_InProduction_AsksThisClusterAndScalesDownSlowly()
    {
        var scaled = (await Manifests.RenderAsync(Manifests.Production)).Of("ScaledObject", "silo")["spec"]!;
        var trigger = scaled["triggers"]!.AsArray().Single()!;

        Assert.Equal("http://silo.silo.svc/api/v1/scaling", Manifests.Text(trigger["metadata"]!["url"]));
        Assert.Equal(("Value", "1", "load"), (Manifests.Text(trigger["metricType"]), Manifests.Text(trigger["metadata"]!["targetValue"]), Manifests.Text(trigger["metadata"]!["valueLocation"])));
        Assert.Equal(
            """{"policies":[{"periodSeconds":60,"type":"Pods","value":1}],"stabilizationWindowSeconds":300}""",
            scaled["advanced"]!["horizontalPodAutoscalerConfig"]!["behavior"]!["scaleDown"]!.ToJsonString());
    }

    [Theory]
    [InlineData(Manifests.Production)]
    [InlineData(Manifests.WithHpa)]
    public async Task Replicas_UnderAnAutoscaler_AreNotSetByTheManifest(string overlay) =>
        Assert.Null((await Manifests.RenderAsync(overlay)).Of("StatefulSet", "silo")["spec"]!["replicas"]);
}
