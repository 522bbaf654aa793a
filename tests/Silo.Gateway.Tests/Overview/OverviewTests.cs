using Silo.Core.Engine;
using Silo.Core.Storage;
using Silo.Core.Tasks;
using Silo.Gateway.Tests.Hosting;
using Silo.Testing;

namespace Silo.Gateway.Tests.Overview;

public sealed class OverviewTests
{
    [Fact]
    public async Task Overview_ShowsCountsNodesAndEpoch()
    {
        await using var server = await GatewayServer.StartAsync();
        server.Client.Counts = [new TaskCount("mail", StoredState.Waiting, 4), new TaskCount("default", StoredState.Waiting, 1), new TaskCount("default", StoredState.Running, 2)];

        var overview = (await server.GetAsync("/api/v1/overview")).Json;

        Assert.Equal(("2030-01-01T12:00:00Z", 4, false), (overview.GetProperty("now").GetString(), overview.GetProperty("epoch").GetInt64(), overview.GetProperty("takingOver").GetBoolean()));
        Assert.Equal("""{"waiting":5,"running":2,"succeeded":0,"failed":0,"cancelled":0}""", overview.GetProperty("counts").GetRawText());
        Assert.Equal((2, 2), (overview.GetProperty("queues").GetArrayLength(), overview.GetProperty("nodes").GetArrayLength()));
    }

    [Fact]
    public async Task Root_PointsToTheApi()
    {
        await using var server = await GatewayServer.StartAsync();

        Assert.Equal("""{"name":"silo","api":"/api/v1","health":"/health/ready"}""", (await server.GetAsync("/")).Text);
    }

    [Fact]
    public async Task Health_SchedulerActsAndStoreAnswers_IsReady()
    {
        await using var server = await GatewayServer.StartAsync();

        Assert.Equal("""{"status":"ok"}""", (await server.GetAsync("/health/live")).Text);
        Assert.Equal("""{"status":"ok","epoch":4}""", (await server.GetAsync("/health/ready")).Text);
    }

    [Theory]
    [InlineData(0, false)]
    [InlineData(4, true)]
    public async Task Health_NoSchedulerActs_IsLiveButNotReady(long epoch, bool takingOver)
    {
        await using var server = await GatewayServer.StartAsync();
        server.Client.Snapshot = server.Client.Snapshot with { Epoch = epoch, TakingOver = takingOver };

        var ready = await server.GetAsync("/health/ready");

        Assert.Equal((503, "not_ready"), (ready.Code, ready.Problem));
        Assert.Equal(200, (await server.GetAsync("/health/live")).Code);
    }

    [Fact]
    public async Task Standby_AnotherServerSchedules_IsLiveAndRefusesItsApiUntilItTakesOver()
    {
        await using var server = await GatewayServer.StartAsync();
        server.Standby.ActiveElsewhere = "other:1";

        foreach (var refused in new[] { await server.GetAsync("/health/ready"), await server.GetAsync("/api/v1/overview"), await server.PostAsync("/api/v1/tasks", """{"type":"echo"}""") })
        {
            Assert.Equal((503, "not_ready", "1"), (refused.Code, refused.Problem, refused.Headers.RetryAfter?.ToString()));
        }

        Assert.Equal(200, (await server.GetAsync("/health/live")).Code);
        Assert.Empty(server.Client.Submitted);

        server.Standby.ActiveElsewhere = null;
        Assert.Equal((200, 200), ((await server.GetAsync("/health/ready")).Code, (await server.GetAsync("/api/v1/overview")).Code));
    }

    [Fact]
    public async Task Health_StoreTakesNoWrites_IsNotReady()
    {
        await using var server = await GatewayServer.StartAsync();
        server.Standby.CannotWrite = true;

        Assert.Equal((503, "not_ready"), ((await server.GetAsync("/health/ready")).Code, (await server.GetAsync("/health/ready")).Problem));
    }

    [Fact]
    public async Task Health_StoreThatNoticedThatItTakesNoWrites_IsNotReadyUntilItDoes()
    {
        await using var server = await GatewayServer.StartAsync();
        server.StoreHealth.TakesWrites = false;

        Assert.Equal((503, "not_ready"), ((await server.GetAsync("/health/ready")).Code, (await server.GetAsync("/health/ready")).Problem));

        server.StoreHealth.TakesWrites = true;
        Assert.Equal(200, (await server.GetAsync("/health/ready")).Code);
    }

    [Fact]
    public async Task Health_StoreAway_IsNotReady()
    {
        await using var server = await GatewayServer.StartAsync();
        server.Client.Failure = () => new StoreUnavailableException("away");

        var ready = await server.GetAsync("/health/ready");

        Assert.Equal((503, "store_unavailable"), (ready.Code, ready.Problem));
    }

    [Fact]
    public async Task Health_SchedulerHangs_AnswersWithinItsLimit()
    {
        var clock = new ManualTimeProvider();
        await using var server = await GatewayServer.StartAsync(time: clock);
        var asked = new TaskCompletionSource();
        server.Client.OnSnapshot = () =>
        {
            asked.SetResult();
            return new TaskCompletionSource<SchedulerSnapshot>().Task;
        };

        var ready = server.GetAsync("/health/ready");
        await Await.Within(asked.Task, GatewayServer.Limit, "the scheduler to be asked");
        clock.Advance(TimeSpan.FromSeconds(5));

        Assert.Equal((503, "not_ready"), ((await ready).Code, (await ready).Problem));
    }

    [Theory]
    [InlineData(typeof(TimeoutException), "not_ready")]
    [InlineData(typeof(ActorUnavailableException), "not_ready")]
    [InlineData(typeof(StoreUnavailableException), "store_unavailable")]
    [InlineData(typeof(StoreUnknownException), "outcome_unknown")]
    public async Task Failure_ThatPasses_SaysWhenToTryAgain(Type failure, string code)
    {
        await using var server = await GatewayServer.StartAsync();
        server.Client.Failure = () => (Exception)Activator.CreateInstance(failure)!;

        var answer = await server.PostAsync("/api/v1/nodes/alpha/drain");

        Assert.Equal((503, code), (answer.Code, answer.Problem));
        Assert.NotNull(answer.Headers.RetryAfter);
    }

    [Fact]
    public async Task Failure_NobodyForesaw_IsAProblemWithoutItsText()
    {
        await using var server = await GatewayServer.StartAsync();
        server.Client.Failure = () => new InvalidOperationException("secret");

        var answer = await server.GetAsync("/api/v1/tasks");

        Assert.Equal((500, "internal_error"), (answer.Code, answer.Problem));
        Assert.DoesNotContain("secret", answer.Text, StringComparison.Ordinal);
    }
}
