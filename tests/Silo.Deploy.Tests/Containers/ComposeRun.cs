namespace Silo.Deploy.Tests.Containers;

/// <summary>Compose itself, as far as it needs no daemon.</summary>
internal static class ComposeRun
{
    private const string Either = """if docker compose version >/dev/null 2>&1; then exec docker compose "$@"; else exec docker-compose "$@"; fi""";

    /// <summary>Reads a file, whatever the profile, and prints it with every reference resolved.</summary>
    public static Task<ToolRun> ConfigAsync(string file, params IReadOnlyList<string> options) =>
        ToolRun.RunAsync("bash", ["-c", Either, "compose", "-f", file, "--profile", "*", "config", .. options]);
}
