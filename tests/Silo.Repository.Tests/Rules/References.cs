using Silo.Repository.Tests.Files;

namespace Silo.Repository.Tests.Rules;

/// <summary>References point inward, and only a host names an engine and a store.</summary>
internal sealed class References : IHouseRule
{
    /// <summary>What each project below src/ may refer to. A line that is added here changes the architecture: say why in docs/adr/.</summary>
    private static readonly Dictionary<string, string[]> Allowed = new()
    {
        ["Silo.Core"] = [],
        ["Silo.Contracts"] = [],
        ["Silo.Embedded"] = ["Silo.Core"],
        ["Silo.Cluster"] = ["Silo.Cluster.Client", "Silo.Core"],
        ["Silo.Cluster.Client"] = ["Silo.Client", "Silo.Contracts", "Silo.Core"],
        ["Silo.Storage.Sqlite"] = ["Silo.Core"],
        ["Silo.Storage.Postgres"] = ["Silo.Core"],
        ["Silo.Handlers"] = ["Silo.Core"],
        ["Silo.Gateway"] = ["Silo.Contracts", "Silo.Core"],
        ["Silo.Client"] = ["Silo.Contracts", "Silo.Core"],
        ["Silo.Server"] =
        [
            "Silo.Cli", "Silo.Client", "Silo.Cluster", "Silo.Cluster.Client", "Silo.Contracts", "Silo.Core", "Silo.Gateway", "Silo.Handlers", "Silo.Storage.Postgres",
        ],
        ["Silo.Cli"] =
        [
            "Silo.Client", "Silo.Contracts", "Silo.Core", "Silo.Embedded", "Silo.Gateway", "Silo.Handlers", "Silo.Storage.Postgres", "Silo.Storage.Sqlite",
        ],
    };

    /// <summary>Below tests/, projects that others may build on; a test program is never one of them. And the examples that tests run.</summary>
    private static readonly string[] SharedByTests = ["Silo.Testing", "Silo.Conformance", "Silo.Simulation", "Silo.Benchmarks", "ClusterClient"];

    /// <summary>Core has the rules and nothing that talks to the world: abstractions only, and the analyzer that holds it to that.</summary>
    private static readonly string[] CorePackages =
    [
        "Microsoft.CodeAnalysis.BannedApiAnalyzers",
        "Microsoft.Extensions.DependencyInjection.Abstractions",
        "Microsoft.Extensions.Logging.Abstractions",
        "Microsoft.Extensions.Options",
    ];

    public IEnumerable<string> Offences(Checkout checkout)
    {
        foreach (var project in checkout.Projects)
        {
            var allowed = project.IsSource ? Allowed.GetValueOrDefault(project.Name) : [.. Allowed.Keys, .. SharedByTests];
            if (allowed is null)
            {
                yield return $"{project.Path} is in no list of references; add it to {nameof(References)} with what it may refer to.";
                continue;
            }

            foreach (var name in project.Projects.Except(allowed))
            {
                yield return $"{project.Path} refers to {name}; it may refer to {(allowed.Length == 0 ? "nobody" : string.Join(", ", allowed))}.";
            }

            var packages = project.Name switch { "Silo.Core" => CorePackages, "Silo.Contracts" => [], _ => null };
            foreach (var name in packages is null ? [] : project.Packages.Except(packages))
            {
                yield return $"{project.Path} uses the package {name}; put what needs it into an adapter behind a port.";
            }
        }
    }
}
