using System.Text.Json;
using Silo.Cli.Demo.Cluster;
using Silo.Cli.Demo.Loss;
using Silo.Cli.Demo.Views;
using Silo.Testing;

namespace Silo.Cli.Tests.Demo;

[Collection(DemoCollection.Name)]
public sealed class LossDemoTests : IDisposable
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(4);
    private readonly TemporaryFolder _folder = new();

    public LossDemoTests()
    {
        for (var index = 0; index < 40; index++)
        {
            _folder.Write($"files/{index % 4}/{index}.txt", string.Concat(Enumerable.Repeat($"line {index}\n", index * 50)));
        }

        // A name that needs every kind of escaping on its way through JSON and sha256sum.
        _folder.Write("files/a \"quoted\" \\ na\nme ä.txt", "content");
    }

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("sqlite")]
    [InlineData("postgres")]
    public async Task KillDemo_WorkerDiesHoldingStartedTasks_EveryTaskEndsOnceAndSomeRunAgain(string store)
    {
        var result = await RunAsync(LossKind.Kill, store);

        Assert.Empty(result.Problems);
        Assert.Equal((result.Verdict.Tasks, 0, 0), (result.Verdict.Succeeded, result.Verdict.Lost, result.Verdict.DuplicateOutcomes));
        Assert.InRange(result.Verdict.Rerun, 1, int.MaxValue);
        Assert.InRange(result.Digests, 600, int.MaxValue);
        using var line = JsonDocument.Parse(JsonSerializer.Serialize(result.Summary, LossJson.Default.LossSummary));
        Assert.Equal(
            ["tasks", "succeeded", "lost", "duplicate_outcomes", "nodes_killed", "rerun", "rerun_seconds_max", "seconds"],
            line.RootElement.EnumerateObject().Select(property => property.Name));
    }

    [Theory]
    [InlineData("sqlite")]
    [InlineData("postgres")]
    public async Task FreezeDemo_WorkerThawsPastItsLease_IsFencedAndJoinsAgain(string store)
    {
        var result = await RunAsync(LossKind.Freeze, store);

        Assert.Empty(result.Problems);
        Assert.Equal((result.Verdict.Tasks, 0, 0), (result.Verdict.Succeeded, result.Verdict.Lost, result.Verdict.DuplicateOutcomes));
        Assert.InRange(result.Verdict.Rerun, 1, int.MaxValue);
        Assert.InRange(result.Verdict.Fenced, 1, int.MaxValue);
    }

    private Task<LossResult> RunAsync(LossKind kind, string store) => Await.Within(
        new LossDemo(new LossOptions(_folder.Combine("files"), kind) { DigestsMin = 600, Servers = new DemoServers.Standalone(store) }).RunAsync(new NoView(), default), Limit, $"the {kind} demo to end");

    private sealed class NoView : IDemoView
    {
        public Task RunAsync(Func<Action<DemoProgress>, Task> demo) => demo(_ => { });
    }
}
