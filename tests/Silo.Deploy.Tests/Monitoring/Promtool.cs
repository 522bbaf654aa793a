using Silo.Testing;

namespace Silo.Deploy.Tests.Monitoring;

/// <summary>Prometheus' own judge of what it is given.</summary>
internal static class Promtool
{
    private static readonly string Unpacked = Clone.Combine("artifacts/tools/usr/bin/promtool");

    public static Task<ToolRun> RunAsync(params IReadOnlyList<string> arguments) => ToolRun.RunAsync(File.Exists(Unpacked) ? Unpacked : "promtool", arguments);

    /// <summary>As a scrape would read it.</summary>
    public static Task<ToolRun> CheckMetricsAsync(string file) => ToolRun.RunAsync("bash", "-c", "\"$0\" check metrics <\"$1\"", File.Exists(Unpacked) ? Unpacked : "promtool", file);
}
