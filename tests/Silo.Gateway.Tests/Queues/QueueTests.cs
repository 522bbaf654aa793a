using Silo.Core.Engine;
using Silo.Core.Queues;
using Silo.Core.Storage;
using Silo.Core.Tasks;
using Silo.Gateway.Tests.Hosting;

namespace Silo.Gateway.Tests.Queues;

public sealed class QueueTests
{
    [Fact]
    public async Task List_ShowsSettingsLoadAndCounts_AndTheDefaultQueueAlways()
    {
        await using var server = await GatewayServer.StartAsync();
        server.Client.Counts = [new TaskCount("mail", StoredState.Waiting, 4), new TaskCount("mail", StoredState.Failed, 2), new TaskCount("default", StoredState.Succeeded, 9)];

        var answer = await server.GetAsync("/api/v1/queues");

        Assert.Equal(
            """
            {"queues":[{"name":"default","strategy":"least-tasks","paused":false,"inMemory":0,"onNodes":0,"moreInStore":false,"counts":{"waiting":0,"running":0,"succeeded":9,"failed":0,"cancelled":0}},
            {"name":"mail","strategy":"weighted","paused":false,"concurrencyMax":5,"inMemory":3,"onNodes":2,"moreInStore":true,"counts":{"waiting":4,"running":0,"succeeded":0,"failed":2,"cancelled":0}}],
            "strategies":["least-tasks","weighted","round-robin","random"]}
            """.ReplaceLineEndings(""),
            answer.Text);
    }

    [Fact]
    public async Task Read_OneQueue_OrNone()
    {
        await using var server = await GatewayServer.StartAsync();

        Assert.Equal("weighted", (await server.GetAsync("/api/v1/queues/mail")).Json.GetProperty("strategy").GetString());
        var none = await server.GetAsync("/api/v1/queues/nails");
        Assert.Equal((404, "not_found"), (none.Code, none.Problem));
    }

    [Theory]
    [InlineData("""{"strategy":"random","paused":true,"concurrencyMax":3}""", "random", true, 3)]
    [InlineData("""{"concurrencyMax":null}""", "least-tasks", false, null)]
    [InlineData("{}", "least-tasks", false, null)]
    public async Task Set_ReplacesAllSettings(string body, string strategy, bool paused, int? max)
    {
        await using var server = await GatewayServer.StartAsync();

        var answer = await server.SendAsync(HttpMethod.Put, "/api/v1/queues/mail", body);

        Assert.Equal(200, answer.Code);
        Assert.Equal(new QueueSettings { Name = "mail", Strategy = strategy, Paused = paused, ConcurrencyMax = max }, Assert.Single(server.Client.QueuesSet));
        Assert.Equal(strategy, answer.Json.GetProperty("strategy").GetString());
    }

    [Theory]
    [InlineData("mail", """{"strategy":"wieghted"}""", 422, "strategy:unknown_strategy")]
    [InlineData("mail", """{"strategy":null,"concurrencyMax":0}""", 422, "concurrencyMax:out_of_range")]
    [InlineData("mail", """{"paused":"yes"}""", 400, "paused:wrong_type")]
    [InlineData("mail", """{"speed":1}""", 400, "speed:unknown_field")]
    [InlineData("a%20b", "{}", 422, "name:bad_name")]
    public async Task Set_Wrong_IsRefusedAndNothingChanged(string queue, string body, int status, string error)
    {
        await using var server = await GatewayServer.StartAsync();

        var answer = await server.SendAsync(HttpMethod.Put, $"/api/v1/queues/{queue}", body);

        Assert.Equal(status, answer.Code);
        Assert.Equal([error], answer.Errors);
        Assert.Empty(server.Client.QueuesSet);
    }

    [Fact]
    public async Task Set_UnknownStrategy_NamesTheKnownOnes()
    {
        await using var server = await GatewayServer.StartAsync();
        server.Client.Snapshot = server.Client.Snapshot with { Strategies = [] };
        server.Client.SetQueueReply = new SetQueueReply(SetQueueStatus.UnknownStrategy, Samples.Strategies);

        var answer = await server.SendAsync(HttpMethod.Put, "/api/v1/queues/mail", """{"strategy":"fastest"}""");

        Assert.Equal((422, "unknown_strategy"), (answer.Code, answer.Problem));
        Assert.Contains("least-tasks, weighted, round-robin, random", answer.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Set_NoScheduler_IsNotReady()
    {
        await using var server = await GatewayServer.StartAsync();
        server.Client.SetQueueReply = new SetQueueReply(SetQueueStatus.NotReady, []);

        var answer = await server.SendAsync(HttpMethod.Put, "/api/v1/queues/mail", "{}");

        Assert.Equal((503, "not_ready"), (answer.Code, answer.Problem));
    }
}
