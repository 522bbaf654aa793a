using System.Text.RegularExpressions;
using Silo.Cli.Processes;
using Silo.Testing;

namespace Silo.Deploy.Tests.Monitoring;

public sealed partial class MonitoringTests : IDisposable
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(2);
    private static readonly string Folder = Clone.Combine("scripts/monitoring");
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Configuration_AsWritten_IsTakenByPrometheus()
    {
        var config = await Promtool.RunAsync("check", "config", "--syntax-only", Path.Combine(Folder, "prometheus.yml"));
        var rules = await Promtool.RunAsync("check", "rules", "--lint-fatal", Path.Combine(Folder, "silo-alerts.yml"));

        Assert.True(config.ExitCode == 0, config.Output + config.Error);
        Assert.True(rules.ExitCode == 0, rules.Output + rules.Error);
    }

    [Theory]
    [InlineData("prometheus.yml", "static_configs", "static_config")]
    [InlineData("silo-alerts.yml", "for: 1m", "for: 1 minute")]
    [InlineData("silo-alerts.yml", "max(silo_scheduler_acting) == 0", "max(silo_scheduler_acting == 0")]
    public async Task Configuration_PlantedMistake_IsRefused(string file, string right, string wrong)
    {
        var text = await File.ReadAllTextAsync(Path.Combine(Folder, file));
        Assert.Contains(right, text, StringComparison.Ordinal);
        var planted = _folder.Write(file, text.Replace(right, wrong, StringComparison.Ordinal));

        var run = file == "prometheus.yml" ? await Promtool.RunAsync("check", "config", "--syntax-only", planted) : await Promtool.RunAsync("check", "rules", planted);

        Assert.NotEqual(0, run.ExitCode);
    }

    [Fact]
    public async Task Alerts_OverSeriesThatShouldRaiseThem_AreRaisedAndNoOthers()
    {
        File.Copy(Path.Combine(Folder, "silo-alerts.yml"), _folder.Combine("silo-alerts.yml"));
        var cases = _folder.Write("cases.yml", await File.ReadAllTextAsync(Clone.Combine("tests/Silo.Deploy.Tests/Monitoring/alerts.yml")));

        var run = await Promtool.RunAsync("test", "rules", cases);

        Assert.True(run.ExitCode == 0, run.Output + run.Error);
    }

    [Fact]
    public async Task Alerts_OfEveryKind_AreTestedAndAskForMetricsThatExist()
    {
        var rules = await File.ReadAllTextAsync(Path.Combine(Folder, "silo-alerts.yml"));
        var cases = await File.ReadAllTextAsync(Clone.Combine("tests/Silo.Deploy.Tests/Monitoring/alerts.yml"));
        var reference = await File.ReadAllTextAsync(Clone.Combine("docs/reference/metrics.md"));

        Assert.All(AlertName().Matches(rules), alert => Assert.Contains($"alertname: {alert.Groups[1].Value}\n", cases, StringComparison.Ordinal));
        Assert.All(MetricName().Matches(rules), metric => Assert.Contains($"| `{metric.Value}` |", reference, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Metrics_OfARealServer_PassPrometheusOwnCheck()
    {
        var portFile = _folder.Combine("port");
        await using var server = SiloProcess.Start("server", ["up", "--listen", "127.0.0.1:0", "--port-file", portFile, "--data", _folder.Combine("data"), "--slots", "1"], _folder.Combine("server.log"));
        await Await.Until(() => File.Exists(portFile) || server.HasExited, Limit, "the server to listen");
        using var http = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{(await File.ReadAllTextAsync(portFile)).Trim()}") };
        using var submitted = await http.PostAsync(new Uri("/api/v1/tasks?wait=30", UriKind.Relative), new StringContent("""{"type":"echo","payload":1}""", new System.Net.Http.Headers.MediaTypeHeaderValue("application/json")));
        submitted.EnsureSuccessStatusCode();

        var text = await http.GetStringAsync(new Uri("/metrics", UriKind.Relative));
        var run = await Promtool.CheckMetricsAsync(_folder.Write("metrics", text));

        Assert.Equal((0, "", ""), (run.ExitCode, run.Output, run.Error));
        Assert.Contains("silo_outcomes_total{outcome=\"succeeded\"} 1\n", text, StringComparison.Ordinal);
        Assert.Contains("silo_node_slots{node=\"local\"} 1\n", text, StringComparison.Ordinal);
    }

    [GeneratedRegex("alert: (\\w+)")]
    private static partial Regex AlertName();

    [GeneratedRegex("\\bsilo_[a-z_]+")]
    private static partial Regex MetricName();
}
