using System.Text.Json;
using Silo.Cli.Demo.Cluster;
using Silo.Cli.Demo.Loss;
using Silo.Cli.Demo.Rolling;
using Silo.Cli.Demo.Views;
using Silo.Server.Serving;
using Silo.Testing;

namespace Silo.Cluster.Tests.Processes;

/// <summary><c>silo demo --cluster</c> in small: the silo of the scheduler is lost in the midst of work.</summary>
public sealed class ClusterDemoTests : IDisposable
{
    private const int DigestsMin = 400;

    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(6);
    private static readonly TimeSpan RollingLimit = TimeSpan.FromMinutes(12);
    private readonly TemporaryFolder _folder = new();

    public ClusterDemoTests()
    {
        for (var index = 0; index < 10; index++)
        {
            _folder.Write($"files/{index}.txt", $"line {index}");
        }
    }

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task KillDemo_OfTheSchedulersSilo_EveryTaskEndsOnceAndItComesBack()
    {
        var result = await RunAsync(LossKind.Kill);

        Assert.Empty(result.Problems);
        Assert.Equal((result.Verdict.Tasks, 0, 0), (result.Verdict.Succeeded, result.Verdict.Lost, result.Verdict.DuplicateOutcomes));
        Assert.InRange(result.Verdict.Rerun, 1, int.MaxValue);
        using var line = JsonDocument.Parse(JsonSerializer.Serialize(result.Summary, LossJson.Default.LossSummary));
        Assert.Equal(
            ["tasks", "succeeded", "lost", "duplicate_outcomes", "nodes_killed", "rerun", "rerun_seconds_max", "scheduler_failover_seconds", "seconds"],
            line.RootElement.EnumerateObject().Select(property => property.Name));
    }

    [Fact]
    public async Task FreezeDemo_OfTheSchedulersSilo_ItIsFencedAndJoinsAgain()
    {
        var result = await RunAsync(LossKind.Freeze);

        Assert.Empty(result.Problems);
        Assert.Equal((result.Verdict.Tasks, 0, 0), (result.Verdict.Succeeded, result.Verdict.Lost, result.Verdict.DuplicateOutcomes));
        Assert.InRange(result.Verdict.Rerun, 1, int.MaxValue);
        Assert.InRange(result.Verdict.Fenced, 1, int.MaxValue);
        Assert.NotNull(result.Verdict.SchedulerFailoverSeconds);
    }

    [Fact]
    public async Task RollingDemo_UnderLoad_LosesNothingSpendsNothingAndEmptiesEachSiloBeforeItEnds()
    {
        var demo = new RollingDemo(new DemoServers.Silos(typeof(ServeCommand).Assembly.Location), _folder.Path);

        var result = await Await.Within(demo.RunAsync(new NoView(), default), RollingLimit, "the rolling restart to end");

        Assert.Empty(result.Problems);
        Assert.Equal((result.Verdict.Tasks, 0, 0, 0), (result.Verdict.Succeeded, result.Verdict.Lost, result.Verdict.DuplicateOutcomes, result.AttemptsSpent));
        Assert.Equal((3, 6), (result.Restarts.Count, result.PinnedResumed));
        Assert.All(result.Restarts, static restart => Assert.InRange(restart.Moved, 1, int.MaxValue));
    }

    private Task<LossResult> RunAsync(LossKind kind)
    {
        var options = new LossOptions(_folder.Combine("files"), kind) { DigestsMin = DigestsMin, Servers = new DemoServers.Silos(typeof(ServeCommand).Assembly.Location) };
        return Await.Within(new LossDemo(options).RunAsync(new NoView(), default), Limit, $"the {kind} demo to end");
    }

    private sealed class NoView : IDemoView
    {
        public Task RunAsync(Func<Action<DemoProgress>, Task> demo) => demo(_ => { });
    }
}
