using System.Collections.Concurrent;
using System.Text.Json.Nodes;
using Silo.Testing;

namespace Silo.Deploy.Tests.Kubernetes;

/// <summary>What <c>kubectl apply -k</c> would send.</summary>
internal sealed class Manifests(IReadOnlyList<JsonNode> all)
{
    public const string Dev = "k8s/overlays/dev", Production = "k8s/overlays/production", WithHpa = "tests/Silo.Deploy.Tests/Kubernetes/hpa";

    private static readonly string Script = Clone.Combine("tests/Silo.Deploy.Tests/Kubernetes/manifests.sh");
    private static readonly ConcurrentDictionary<string, Lazy<Task<string>>> Rendered = new();

    public IReadOnlyList<JsonNode> All => all;

    /// <summary>The container of a silo.</summary>
    public JsonNode Container => Pod["containers"]!.AsArray().Single()!;

    /// <summary>The pods of silos.</summary>
    public JsonNode Pod => Of("StatefulSet", "silo")["spec"]!["template"]!["spec"]!;

    /// <summary>The settings that a silo gets as variables, by name.</summary>
    public Dictionary<string, string> Settings => all.Single(manifest => Text(manifest["kind"]) == "ConfigMap")["data"]!.AsObject().ToDictionary(entry => entry.Key, entry => Text(entry.Value));

    public static string Text(JsonNode? node) => node!.GetValue<string>();

    public static async Task<Manifests> RenderAsync(string overlay)
    {
        var json = await Rendered.GetOrAdd(overlay, path => new Lazy<Task<string>>(() => RunRenderAsync(path))).Value;
        return new Manifests([.. JsonNode.Parse(json)!.AsArray().Select(manifest => manifest!)]);
    }

    public JsonNode Of(string kind, string name) => all.Single(manifest => Text(manifest["kind"]) == kind && Text(manifest["metadata"]!["name"]) == name);

    /// <returns>A line per field that Kubernetes or KEDA would refuse or pass over.</returns>
    public async Task<IReadOnlyList<string>> CheckAsync()
    {
        using var folder = new TemporaryFolder();
        var file = folder.Write("manifests.json", new JsonArray([.. all.Select(manifest => manifest.DeepClone())]).ToJsonString());
        var run = await ToolRun.RunAsync(Script, "check", file);
        Assert.True(run.ExitCode is 0 or 1, run.Error);
        return run.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
    }

    private static async Task<string> RunRenderAsync(string overlay)
    {
        var run = await ToolRun.RunAsync(Script, "render", Clone.Combine(overlay));
        Assert.True(run.ExitCode == 0, run.Error);
        return run.Output;
    }
}
