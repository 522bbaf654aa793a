using Silo.Cli.Demo.Cluster;
using Silo.Cli.Demo.Strategies;
using Silo.Cli.Demo.Views;
using Silo.Testing;

namespace Silo.Cli.Tests.Demo;

[Collection(DemoCollection.Name)]
public sealed class StrategiesDemoTests
{
    [Theory]
    [InlineData("sqlite")]
    [InlineData("postgres")]
    public async Task StrategiesDemo_EachSetThroughTheApi_IsTheOneThatIsUsed(string store)
    {
        var result = await Await.Within(new StrategiesDemo(new DemoServers.Standalone(store)).RunAsync(new NoView(), default), TimeSpan.FromMinutes(4), "the strategies demo to end");

        Assert.Empty(result.Problems);
        Assert.Equal(StrategiesDemo.Strategies, result.Runs.Select(run => run.Strategy));
        Assert.All(result.Summary.Strategies, strategy => Assert.True(strategy.AsConfigured));
    }

    private sealed class NoView : IDemoView
    {
        public Task RunAsync(Func<Action<DemoProgress>, Task> demo) => demo(_ => { });
    }
}
