using System.Text.RegularExpressions;
using Silo.Repository.Tests.Files;

namespace Silo.Repository.Tests.Rules;

/// <summary>Silo.sln has every project; Silo.Standalone.slnf has every one that does without Orleans.</summary>
internal sealed partial class Solutions : IHouseRule
{
    public IEnumerable<string> Offences(Checkout checkout)
    {
        var whole = ProjectsIn(checkout, "Silo.sln");
        var standalone = ProjectsIn(checkout, "Silo.Standalone.slnf");
        var paths = checkout.Projects.Select(project => project.Path).ToHashSet();

        foreach (var project in checkout.Projects)
        {
            if (!whole.Contains(project.Path))
            {
                yield return $"{project.Path} is not in Silo.sln; add it with: dotnet sln Silo.sln add {project.Path}";
            }

            var cluster = UsesOrleans(project, checkout, []);
            if (cluster == standalone.Contains(project.Path))
            {
                yield return cluster
                    ? $"{project.Path} needs Orleans; remove it from Silo.Standalone.slnf."
                    : $"{project.Path} does without Orleans; add it to Silo.Standalone.slnf.";
            }
        }

        foreach (var gone in whole.Concat(standalone).Distinct().Except(paths))
        {
            yield return $"{gone} is named by a solution and does not exist.";
        }
    }

    private static HashSet<string> ProjectsIn(Checkout checkout, string solution) =>
        [.. ProjectPath().Matches(checkout.TextOf(solution)).Select(match => match.Groups[1].Value.Replace(@"\\", "/").Replace('\\', '/'))];

    private static bool UsesOrleans(ProjectFile project, Checkout checkout, HashSet<string> seen) =>
        seen.Add(project.Name) &&
        (project.Packages.Any(package => package.StartsWith("Microsoft.Orleans", StringComparison.Ordinal)) ||
            checkout.Projects.Any(other => project.Projects.Contains(other.Name) && UsesOrleans(other, checkout, seen)));

    [GeneratedRegex("""
        "([^"]+\.csproj)"
        """)]
    private static partial Regex ProjectPath();
}
