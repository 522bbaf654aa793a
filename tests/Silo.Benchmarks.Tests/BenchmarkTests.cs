using System.Text.Json;
using Silo.Benchmarks.Cluster;
using Silo.Benchmarks.Invocation;

namespace Silo.Benchmarks.Tests;

/// <summary>Each benchmark comes to its end and keeps its ledger, at sizes whose figures say nothing.</summary>
public sealed class BenchmarkTests
{
    [Fact]
    public async Task Throughput_SmallRound_LosesNothingAndRelatesItsWays()
    {
        var report = await RunAsync("throughput", "--json", "--rounds", "1", "--tasks", "300", "--batch", "50");

        // Every way moves them twice: once before the measurement, once in it.
        AssertLedger(report, acknowledged: 3 * 2 * 300);
        foreach (var figure in new[] { "ratio_inprocess", "ratio_http" })
        {
            Assert.True(report.GetProperty(figure).GetDouble() > 0, figure);
        }

        Assert.Equal(("wal", "2"), (Setting(report, "journal_mode"), Setting(report, "synchronous")));
    }

    [Fact]
    public async Task Latency_FewSamples_LosesNothingAndRelatesToTheInsert()
    {
        var report = await RunAsync("latency", "--json", "--no-peer", "--rounds", "1", "--samples", "5", "--idle-ms", "1");

        AssertLedger(report, acknowledged: 2 * 55);
        foreach (var figure in new[] { "ratio_p50", "p50_ms", "p99_ms", "bare_p50_ms" })
        {
            Assert.True(report.GetProperty(figure).GetDouble() > 0, figure);
        }

        Assert.Equal(JsonValueKind.Null, report.GetProperty("ratio_bullmq").ValueKind);
    }

    [Fact]
    public async Task Memory_SmallRound_RunsEveryTaskThatWaited()
    {
        var report = await RunAsync("memory", "--json", "--rounds", "1", "--tasks", "2000");

        AssertLedger(report, acknowledged: 2 * 2000);
        Assert.True(report.GetProperty("base_mebibytes").GetProperty("median").GetDouble() > 0);
    }

    [Fact]
    public async Task Ceiling_SmallRound_LosesNothingAndRelatesToTheBarePipeline()
    {
        var report = await RunAsync("ceiling", "--json", "--rounds", "1", "--tasks", "300", "--batch", "50");

        // Both ways move them twice: once before the measurement, once in it.
        AssertLedger(report, acknowledged: 2 * 2 * 300);
        Assert.Equal(["submit", "decide", "dispatch", "run", "record"], report.GetProperty("stages").EnumerateArray().Select(stage => stage.GetProperty("stage").GetString()));
        foreach (var figure in new[] { "ratio", "silo_per_s", "ceiling_per_s" })
        {
            Assert.True(report.GetProperty(figure).GetDouble() > 0, figure);
        }

        Assert.Equal(("on", "on"), (Setting(report, "fsync"), Setting(report, "synchronous_commit")));
    }

    [Fact]
    public async Task Cluster_SmallRound_LosesNothingAndUsesBothSilos()
    {
        string[] arguments = ["cluster", "--json", "--rounds", "1", "--first-rounds", "1", "--tasks", "600"];
        if (!File.Exists(ClusterBenchmark.Program))
        {
            // Where Orleans cannot be restored there is no such server, and the benchmark says so.
            Assert.Equal((7, ""), await InvokeAsync(arguments));
            return;
        }

        var report = await RunAsync(arguments);

        AssertLedger(report, acknowledged: 2 * 2 * 600);
        Assert.True(report.GetProperty("ratio").GetDouble() > 0);
        var nodes = report.GetProperty("cluster").GetProperty("tasks_per_node").EnumerateObject().ToDictionary(node => node.Name, node => node.Value.GetInt64());
        Assert.Equal(["silo-0", "silo-1"], nodes.Keys.Order());
        Assert.Equal(2 * 600, nodes.Values.Sum());
    }

    [Theory]
    [InlineData("history")]
    [InlineData("backlog")]
    public async Task Filled_SmallRound_RunsItsOwnTasksBesideTheOthers(string benchmark)
    {
        var report = await RunAsync(benchmark, "--json", "--rows", "2000", "--rounds", "1", "--tasks", "300");

        Assert.Equal(benchmark, report.GetProperty("benchmark").GetString());
        AssertLedger(report, acknowledged: 2 * 2 * 300);
        Assert.True(report.GetProperty("ratio").GetDouble() > 0);
        Assert.True(report.GetProperty("rss_mib_above_idle").GetDouble() >= 0);
    }

    [Fact]
    public async Task Xmin_FewSamples_KeepsDeadVersionsOnOneSideOnlyAndLosesNothing()
    {
        var report = await RunAsync("xmin", "--json", "--bloat", "500", "--rounds", "1", "--burst", "100", "--samples", "5", "--idle-ms", "1");

        AssertLedger(report, acknowledged: 2 * 605);
        Assert.True(report.GetProperty("ratio_p99").GetDouble() > 0);
        Assert.Equal(0, report.GetProperty("baseline_dead_versions").GetInt64());
        Assert.InRange(report.GetProperty("pinned_dead_versions").GetInt64(), 600, long.MaxValue);
        Assert.Equal(("on", "on"), (Setting(report, "fsync"), Setting(report, "synchronous_commit")));
    }

    [Fact]
    public async Task Recovery_OneRestart_LosesNothing()
    {
        var report = await RunAsync("recovery", "--json", "--restarts", "1", "--steady", "1");

        AssertLedger(report, acknowledged: report.GetProperty("ledger").GetProperty("acknowledged").GetInt64());
        Assert.True(report.GetProperty("rate_before").GetProperty("median").GetDouble() > 0);
        Assert.True(report.GetProperty("back_seconds").GetProperty("median").GetDouble() > report.GetProperty("restart_seconds").GetProperty("median").GetDouble());
    }

    [Fact]
    public async Task Enqueue_FewCallers_TakesEachTaskOnceAndRelatesToTheInsert()
    {
        var report = await RunAsync("enqueue", "--json", "--callers", "8", "--rounds", "1", "--seconds", "1", "--idle-samples", "2");

        AssertLedger(report, acknowledged: report.GetProperty("ledger").GetProperty("acknowledged").GetInt64());
        Assert.True(report.GetProperty("ratio").GetDouble() > 0);
        Assert.True(report.GetProperty("idle_start").GetProperty("p50_milliseconds").GetProperty("median").GetDouble() > 0);
    }

    [Fact]
    public async Task Report_WithoutJson_IsForPeople()
    {
        var (exitCode, output) = await InvokeAsync("latency", "--no-peer", "--rounds", "1", "--samples", "1", "--idle-ms", "1");

        Assert.Equal(0, exitCode);
        Assert.Contains("submit to start", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Bench_WithoutName_ListsTheBenchmarks()
    {
        var (exitCode, output) = await InvokeAsync();

        Assert.Equal(0, exitCode);
        Assert.Equal(["throughput", "latency", "memory", "flood", "ceiling", "cluster", "peers", "cpu", "history", "backlog", "xmin", "recovery", "enqueue"], output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => line.Split(' ')[0]));
    }

    [Theory]
    [InlineData("nothing")]
    [InlineData("throughput", "--tasks", "none")]
    [InlineData("memory", "--rounds", "0")]
    public async Task Bench_WrongArguments_IsAUsageError(params string[] arguments)
    {
        var (exitCode, output) = await InvokeAsync(arguments);

        Assert.Equal((2, ""), (exitCode, output));
    }

    private static void AssertLedger(JsonElement report, long acknowledged)
    {
        var ledger = report.GetProperty("ledger");
        Assert.Equal(acknowledged, ledger.GetProperty("acknowledged").GetInt64());
        Assert.Equal(acknowledged, ledger.GetProperty("succeeded").GetInt64());
        Assert.All(["lost", "unknown", "duplicate_outcomes"], name => Assert.Equal(0, ledger.GetProperty(name).GetInt64()));
    }

    private static string? Setting(JsonElement report, string name) => report.GetProperty("session").GetProperty(name).GetString();

    private static async Task<JsonElement> RunAsync(params string[] arguments)
    {
        var (exitCode, output) = await InvokeAsync(arguments);
        Assert.Equal(0, exitCode);
        return JsonElement.Parse(output.TrimEnd().Split('\n')[^1]);
    }

    private static async Task<(int ExitCode, string Output)> InvokeAsync(params string[] arguments)
    {
        using var output = new StringWriter();
        var exitCode = await BenchProgram.RunAsync(arguments, output, TextWriter.Null);
        return (exitCode, output.ToString());
    }
}
