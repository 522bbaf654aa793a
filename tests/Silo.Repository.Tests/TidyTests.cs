using Silo.Repository.Tests.Files;
using Silo.Repository.Tests.Rules;

namespace Silo.Repository.Tests;

/// <summary>Every rule finds nothing in this repository, and does find what is planted for it.</summary>
public sealed class TidyTests
{
    private static readonly string Long = string.Concat(Enumerable.Repeat("        Next();\n", 80));

    private static readonly Dictionary<string, IHouseRule> Rules = new IHouseRule[]
    {
        new Folders(), new Leftovers(), new Names(), new Packages(), new References(), new Sizes(), new Solutions(), new Waits(),
    }.ToDictionary(rule => rule.GetType().Name);

    public static TheoryData<string> RuleNames => [.. Rules.Keys];

    /// <summary>Rule, path, content, and what the offence must say; an empty last column means there must be none.</summary>
    public static TheoryData<string, string, string, string> Plants => new()
    {
        { "Folders", "src/Silo.Core/A/B/C/Deep.cs", "", "3 folders below" },
        { "Folders", "src/Silo.Core/A/B/Fine.cs", "", "" },
        { "Folders", "docs/a/b/c/d/fine.md", "", "" },

        { "Leftovers", "a.md", "x\nTO" + "DO: y", "a.md:2 TO" + "DO" },
        { "Leftovers", "a.cs", "// FIX" + "ME", "FIX" + "ME" },
        { "Leftovers", "a.cs", "// HA" + "CK", "HA" + "CK" },
        { "Leftovers", "a.cs", "var TO" + "DOs = HA" + "CKER;", "" },
        { "Leftovers", "a.bin", "a\0b", "NUL" },
        { "Leftovers", "src/Silo.Core/bin/a.txt", "", "made by a build" },
        { "Leftovers", "src/a.dll", "", "made by a build" },
        { "Leftovers", "src/a.g.cs", "", "made by a build" },
        { "Leftovers", "big.txt", new string('x', (1 << 20) + 1), "1048577 bytes" },

        { "Names", "src/Silo.Core/Utils/A.cs", "", "folder named Utils" },
        { "Names", "a.cs", "namespace Silo.Common.Text;", "part named Common" },
        { "Names", "a.cs", "namespace Silo.Orleans { }", "hides the real one" },
        { "Names", "a.cs", "using Orleans; namespace Silo.Cluster;", "" },
        { "Names", "a.cs", "class Task;", "hides System.Threading.Tasks.Task;" },
        { "Names", "a.cs", "class A { enum TaskStatus { } }", "Tasks.TaskStatus" },
        { "Names", "a.cs", "record struct TaskScheduler;", "Tasks.TaskScheduler" },
        { "Names", "a.cs", "interface StringHelpers;", "drawer" },
        { "Names", "a.cs", "delegate void Models();", "drawer" },
        { "Names", "a.cs", "record TaskId; class ModelsLoader { Task Task() => default; }", "" },

        { "Packages", "src/A/A.csproj", """<Project><PackageReference Include="P" Version="1" /></Project>""", "gives P a version" },
        { "Packages", "Directory.Build.targets", """<Project><PackageReference Include="P"><VersionOverride>1</VersionOverride></PackageReference></Project>""", "gives P a version" },
        { "Packages", "src/A/A.csproj", """<Project><PackageReference Include="P" /></Project>""", "" },

        { "References", "src/Silo.Core/Silo.Core.csproj", Refers("Silo.Contracts"), "it may refer to nobody" },
        { "References", "src/Silo.Gateway/Silo.Gateway.csproj", Refers("Silo.Embedded"), "refers to Silo.Embedded" },
        { "References", "src/Silo.Cli/Silo.Cli.csproj", Refers("Silo.Testing"), "refers to Silo.Testing" },
        { "References", "src/Silo.New/Silo.New.csproj", Refers("Silo.Core"), "in no list" },
        { "References", "tests/Silo.Core.Tests/Silo.Core.Tests.csproj", Refers("Silo.Cli.Tests"), "refers to Silo.Cli.Tests" },
        { "References", "src/Silo.Core/Silo.Core.csproj", """<Project><PackageReference Include="Dapper" /></Project>""", "uses the package Dapper" },
        { "References", "src/Silo.Cli/Silo.Cli.csproj", Refers("Silo.Embedded"), "" },

        { "Sizes", "a.py", new string('\n', 500), "has 500 lines" },
        { "Sizes", "a.py", new string('\n', 499), "" },
        { "Sizes", "a.cs", "class A\n{\n    void Run()\n    {\n" + Long + "    }\n}", "a.cs:3 Run has 83 lines" },
        { "Sizes", "a.cs", "class A\n{\n    A()\n    {\n" + Long + "    }\n}", "A has 83 lines" },
        { "Sizes", "a.cs", Long, "the program has 80 lines" },
        { "Sizes", "a.cs", "class A\n{\n    [Row]\n" + string.Concat(Enumerable.Repeat("    [Row]\n", 90)) + "    void Run() { }\n}", "" },

        { "Solutions", "src/A/A.csproj", "<Project />", "not in Silo.sln" },
        { "Solutions", "src/A/A.csproj", "<Project />", "add it to Silo.Standalone.slnf" },
        { "Solutions", "Silo.sln", """Project("{1}") = "A", "src\A\A.csproj", "{2}" """, "src/A/A.csproj is named by a solution" },

        { "Waits", "tests/A/A.cs", "Thread.Sleep(1);", "tests/A/A.cs:1 Thread.Sleep" },
        { "Waits", "tests/A/A.cs", "await Task.Delay(1);", "Task.Delay" },
        { "Waits", "tests/A/A.cs", "await System.Threading.Tasks.Task.Delay(wait, token);", "Delay waits for real time" },
        { "Waits", "tests/A/A.cs", "await Task.Delay(wait, TimeProvider.System);", "Delay waits for real time" },
        { "Waits", "tests/A/A.cs", "await Task.Delay(wait, _clock, token);", "" },
        { "Waits", "tests/A/A.cs", "await Task.Delay(Timeout.Infinite, token);", "" },
        { "Waits", "tests/A/A.cs", "var text = \"Thread.Sleep(1)\"; // Task.Delay(1)", "" },
        { "Waits", "tests/Silo.Testing/A.cs", "await Task.Delay(1);", "" },
        { "Waits", "src/A/A.cs", "Thread.Sleep(1);", "" },
    };

    [Theory]
    [MemberData(nameof(RuleNames))]
    public void ThisRepository_EveryRule_FindsNothing(string rule) =>
        Assert.Empty(Rules[rule].Offences(Checkout.Current));

    [Theory]
    [MemberData(nameof(Plants))]
    public void PlantedFile_RuleReadsIt_FindsExactlyWhatOffends(string rule, string path, string content, string expected)
    {
        var offences = Rules[rule].Offences(new Checkout(new TrackedFile(path, content))).ToList();

        if (expected.Length == 0)
        {
            Assert.Empty(offences);
        }
        else
        {
            Assert.Contains(offences, offence => offence.Contains(expected, StringComparison.Ordinal));
        }
    }

    [Fact]
    public void EveryRule_HasAPlantedOffence()
    {
        var planted = Plants.Where(row => row.Data.Item4.Length > 0).Select(row => row.Data.Item1);

        Assert.Empty(Rules.Keys.Except(planted));
    }

    [Fact]
    public void ThisRepository_AsListed_HasTheFilesTheRulesAreAbout()
    {
        var paths = Checkout.Current.Files.Select(file => file.Path);

        Assert.Superset(new HashSet<string> { "Silo.sln", "Silo.Standalone.slnf", "Directory.Packages.props", "src/Silo.Core/Silo.Core.csproj" }, paths.ToHashSet());
    }

    [Fact]
    public void StandaloneSolution_ProjectNeedsOrleansThroughAnother_MustLeaveItOut()
    {
        var checkout = new Checkout(
            new TrackedFile("src/A/A.csproj", """<Project><PackageReference Include="Microsoft.Orleans.Server" /></Project>"""),
            new TrackedFile("src/B/B.csproj", Refers("A")),
            new TrackedFile("Silo.sln", """ "src\A\A.csproj" "src\B\B.csproj" """),
            new TrackedFile("Silo.Standalone.slnf", """ "src/B/B.csproj" """));

        Assert.Equal(["src/B/B.csproj needs Orleans; remove it from Silo.Standalone.slnf."], new Solutions().Offences(checkout));
    }

    private static string Refers(string project) =>
        $"""<Project><ItemGroup><ProjectReference Include="..\{project}\{project}.csproj" /></ItemGroup></Project>""";
}
