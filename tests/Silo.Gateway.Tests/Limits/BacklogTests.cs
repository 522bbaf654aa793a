using Silo.Core.Storage;
using Silo.Core.Tasks;
using Silo.Gateway.Tasks;
using Silo.Gateway.Tests.Hosting;
using Silo.Gateway.Tests.Tasks.Streams;
using Silo.Testing;

namespace Silo.Gateway.Tests.Limits;

public sealed class BacklogTests
{
    private const string One = """{"type":"echo"}""";

    [Fact]
    public async Task Submit_OverTheBacklog_IsRefusedAndLaterTaken()
    {
        var time = new ManualTimeProvider();
        await using var server = await GatewayServer.StartAsync(new GatewayOptions { BacklogMax = 10 }, time: time);
        server.Client.Counts = [new TaskCount("a", StoredState.Waiting, 5), new TaskCount("b", StoredState.Waiting, 4), new TaskCount("b", StoredState.Running, 70)];

        Assert.Equal("backlog_full", (await server.PostAsync("/api/v1/tasks", $"[{One},{One}]")).Problem);
        Assert.Equal(201, (await server.PostAsync("/api/v1/tasks", One)).Code);
        var refusal = await server.PostAsync("/api/v1/tasks", One);
        Assert.Equal((429, "backlog_full", "1"), (refusal.Code, refusal.Problem, refusal.Headers.RetryAfter!.ToString()));
        Assert.Contains("10 tasks wait", refusal.Json.GetProperty("detail").GetString(), StringComparison.Ordinal);
        Assert.Single(server.Client.Submitted);

        server.Client.Counts = [];
        time.Advance(BacklogGate.Fresh);
        Assert.Equal(201, (await server.PostAsync("/api/v1/tasks", One)).Code);
    }

    [Fact]
    public async Task Stream_OverTheBacklog_RefusesItsLinesAndGoesOn()
    {
        await using var server = await GatewayServer.StartAsync(new GatewayOptions { BacklogMax = 1 });
        server.Client.Counts = [new TaskCount("a", StoredState.Waiting, 1)];

        var answer = await server.SendAsync(OpenStream.Whole($"{One}\n{One}\n"));

        Assert.Equal(2, answer.Text.Split("backlog_full").Length - 1);
        Assert.Empty(server.Client.Submitted);
    }

    [Fact]
    public async Task Submit_BacklogCannotBeCounted_IsLeftToTheStore()
    {
        await using var server = await GatewayServer.StartAsync();
        server.Client.Failure = () => new StoreUnavailableException();

        Assert.Equal("store_unavailable", (await server.PostAsync("/api/v1/tasks", One)).Problem);
    }
}
