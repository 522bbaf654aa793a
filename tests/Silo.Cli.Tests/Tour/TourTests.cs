using System.CommandLine;
using System.Text.Json;
using System.Text.RegularExpressions;
using Silo.Cli.Configuration;
using Silo.Cli.Invocation;
using Silo.Cli.Tests.Demo;
using Silo.Testing;

namespace Silo.Cli.Tests.Tour;

/// <summary><c>tour.sh</c> uses everything as the documents say; what it left out is found by asking the program what it has.</summary>
[Collection(DemoCollection.Name)]
public sealed class TourTests
{
    [Fact]
    public async Task Tour_EveryVerbAndRoute_IsAsDocumented()
    {
        using var folder = new TemporaryFolder();
        Directory.CreateDirectory(folder.Combine("tour"));
        var shell = new ShellRun(folder.Path);

        var (exitCode, output) = await shell.RunAsync(Clone.Combine("tests/Silo.Cli.Tests/Tour/tour.sh"), shell.Program, Clone.Root, folder.Combine("tour"));

        Assert.True(exitCode == 0, output);
        var used = await File.ReadAllLinesAsync(folder.Combine("tour/verbs"));
        var unusedVerbs = Verbs().Where(verb => !used.Any(line => line == verb || line.StartsWith(verb + ' ', StringComparison.Ordinal))).ToList();
        Assert.Empty(unusedVerbs);
        var calls = await File.ReadAllLinesAsync(folder.Combine("tour/routes"));
        var routes = Routes(JsonElement.Parse(await File.ReadAllTextAsync(folder.Combine("tour/openapi.json")))).ToList();
        Assert.True(routes.Count > 25, $"the OpenAPI document has {routes.Count} operations only");
        var unusedRoutes = routes.Where(route => !calls.Any(call => IsCallOf(call, route))).ToList();
        Assert.Empty(unusedRoutes);
    }

    /// <summary>Everything that can be called by itself, as it is written: <c>keys new</c>, <c>nodes</c>, <c>nodes remove</c>.</summary>
    private static IEnumerable<string> Verbs()
    {
        var root = SiloCommandLine.Create(new CommandContext(new Terminal(TextWriter.Null, TextWriter.Null, isInteractive: false), SettingValues.Nothing));
        return root.Subcommands.SelectMany(command => Below(command, command.Name));

        static IEnumerable<string> Below(Command command, string path) => command.Hidden
            ? []
            : (command.Action is null ? Array.Empty<string>() : [path]).Concat(command.Subcommands.SelectMany(below => Below(below, $"{path} {below.Name}")));
    }

    private static IEnumerable<string> Routes(JsonElement document) =>
        from path in document.GetProperty("paths").EnumerateObject()
        from operation in path.Value.EnumerateObject()
        where operation.Name is "get" or "put" or "post" or "delete" or "patch"
        select $"{operation.Name.ToUpperInvariant()} {path.Name}";

    /// <summary>Only a call that was served counts: a refusal may come before its route is looked at.</summary>
    private static bool IsCallOf(string call, string route) =>
        Regex.IsMatch(call, $"^2[0-9][0-9] {Regex.Replace(Regex.Escape(route.TrimEnd('/')), @"\\\{[^}]*}", "[^/]+")}/?$", RegexOptions.None, TimeSpan.FromSeconds(10));
}
