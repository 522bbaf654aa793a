using Silo.Core.Engine;
using Silo.Core.Tasks;
using Silo.Gateway.Tests.Hosting;

namespace Silo.Gateway.Tests.Nodes;

public sealed class NodeTests
{
    [Fact]
    public async Task List_IsInOrderOfName_DeadNodesIncluded()
    {
        await using var server = await GatewayServer.StartAsync();

        var nodes = (await server.GetAsync("/api/v1/nodes")).Json.GetProperty("nodes").EnumerateArray().ToList();

        Assert.Equal(["alpha", "beta"], nodes.Select(node => node.GetProperty("name").GetString()));
        Assert.Equal(
            """{"name":"alpha","incarnation":9,"alive":true,"draining":false,"slots":4,"occupied":2,"running":1,"weight":80,"tier":"fallback","kind":"http","types":["echo"],"labels":{"zone":"a"},"load":{"cpuPercent":10,"memoryPercent":30},"placed":17,"silenceSeconds":0.25}""",
            nodes[0].GetRawText());
    }

    [Fact]
    public async Task Read_OneNode_OrNone()
    {
        await using var server = await GatewayServer.StartAsync();

        Assert.False((await server.GetAsync("/api/v1/nodes/beta")).Json.GetProperty("alive").GetBoolean());
        var none = await server.GetAsync("/api/v1/nodes/gamma");
        Assert.Equal((404, "not_found"), (none.Code, none.Problem));
    }

    [Theory]
    [InlineData("nodes", 0, false)]
    [InlineData("nodes", 3, true)]
    [InlineData("queues", 3, true)]
    public async Task Read_AbsentWhileTheSchedulerStarts_IsNotCalledUnknown(string noun, long epoch, bool takingOver)
    {
        await using var server = await GatewayServer.StartAsync();
        server.Client.Snapshot = server.Client.Snapshot with { Epoch = epoch, TakingOver = takingOver, Queues = [], Nodes = [] };

        var answer = await server.GetAsync($"/api/v1/{noun}/beta");

        Assert.Equal((503, "not_ready"), (answer.Code, answer.Problem));
    }

    [Fact]
    public async Task DrainAndResume_SetTheFlag()
    {
        await using var server = await GatewayServer.StartAsync();

        Assert.Equal("alpha", (await server.PostAsync("/api/v1/nodes/alpha/drain")).Json.GetProperty("name").GetString());
        Assert.Equal(200, (await server.PostAsync("/api/v1/nodes/alpha/resume")).Code);

        Assert.Equal([("alpha", true), ("alpha", false)], server.Client.Drained);
    }

    [Fact]
    public async Task Complete_TaskThatIsNotHeld_HasNoStateAndNoDueTime()
    {
        await using var server = await GatewayServer.StartAsync();
        server.Actors.Node("a");
        server.Actors.Nodes["a"].OnComplete = request => new CompleteReply
        {
            Status = DoorStatus.Ok,
            Answers = [.. request.Reports.Select(report => new RecordedOutcome(report.Id, report.Attempt, OutcomeAnswer.Settled, default, default))],
        };
        var report = $$"""{"id":"{{Samples.Id(1)}}","attempt":2,"dispatch":1,"end":"succeeded","ranSeconds":1}""";

        var answer = await server.PostAsync("/api/v1/nodes/a/complete", $$"""{"incarnation":7,"reports":[{{report}}]}""");

        Assert.Equal($$"""{"status":"ok","answers":[{"id":"{{Samples.Id(1)}}","attempt":2,"answer":"settled"}]}""", answer.Text);
    }

    [Fact]
    public async Task Remove_NodeThatHasEnded_AnswersWithWhatItWas()
    {
        await using var server = await GatewayServer.StartAsync();

        var removed = await server.SendAsync(HttpMethod.Delete, "/api/v1/nodes/beta", body: null);

        Assert.Equal((200, "beta", "2029-12-31T12:00:00Z"), (removed.Code, removed.Json.GetProperty("name").GetString(), removed.Json.GetProperty("endedAt").GetString()));
        Assert.Equal(["beta"], server.Client.Forgotten);
    }

    [Theory]
    [InlineData(ForgetNodeStatus.Alive, 409, "node_alive")]
    [InlineData(ForgetNodeStatus.UnknownNode, 404, "not_found")]
    [InlineData(ForgetNodeStatus.NotReady, 503, "not_ready")]
    public async Task Remove_NotDone_SaysWhy(ForgetNodeStatus status, int http, string code)
    {
        await using var server = await GatewayServer.StartAsync();
        server.Client.ForgetStatus = status;

        var answer = await server.SendAsync(HttpMethod.Delete, "/api/v1/nodes/alpha", body: null);

        Assert.Equal((http, code), (answer.Code, answer.Problem));
    }

    [Fact]
    public async Task Remove_NameThatNobodyHas_IsNotFound()
    {
        await using var server = await GatewayServer.StartAsync();

        Assert.Equal("not_found", (await server.SendAsync(HttpMethod.Delete, "/api/v1/nodes/gamma", body: null)).Problem);
        Assert.Equal("unknown_field", (await server.SendAsync(HttpMethod.Delete, "/api/v1/nodes/beta?force=1", body: null)).Problem);
        Assert.Empty(server.Client.Forgotten);
    }

    [Theory]
    [InlineData(DrainNodeStatus.UnknownNode, 404, "not_found")]
    [InlineData(DrainNodeStatus.NotReady, 503, "not_ready")]
    public async Task Drain_NotDone_SaysWhy(DrainNodeStatus status, int http, string code)
    {
        await using var server = await GatewayServer.StartAsync();
        server.Client.DrainStatus = status;

        var answer = await server.PostAsync("/api/v1/nodes/alpha/drain");

        Assert.Equal((http, code), (answer.Code, answer.Problem));
    }
}
