using Silo.Core.Engine;
using Silo.Core.Tasks;
using Silo.Gateway.Nodes;
using Silo.Gateway.Tests.Hosting;
using Silo.Testing;

namespace Silo.Gateway.Tests.Nodes;

public sealed class WorkerRuleTests
{
    private const string Id = "01900000-0000-7000-8000-000000000001";

    [Theory]
    [InlineData("register", "{}", 400, "instance:missing_field", "slots:missing_field", "types:missing_field")]
    [InlineData("register", """{"instance":"i","slots":0,"types":["a b"],"tier":"second","weight":0,"beatIntervalSeconds":0}""", 422, "slots:out_of_range", "weight:out_of_range", "tier:unknown_value", "types[0]:bad_name", "beatIntervalSeconds:out_of_range")]
    [InlineData("register", """{"instance":"i","slots":10001,"types":[]}""", 422, "types:out_of_range", "slots:out_of_range")]
    [InlineData("register", """{"instance":"i","slots":1,"types":["a",null]}""", 400, "types[1]:wrong_type")]
    [InlineData("lease", "{}", 400, "incarnation:missing_field", "number:missing_field", "max:missing_field")]
    [InlineData("lease", """{"incarnation":0,"number":0,"max":0,"waitSeconds":31}""", 422, "incarnation:out_of_range", "number:out_of_range", "max:out_of_range", "waitSeconds:out_of_range")]
    [InlineData("lease", """{"incarnation":1,"number":1,"max":1025,"extra":true}""", 400, "extra:unknown_field", "max:out_of_range")]
    [InlineData("complete", $$"""{"incarnation":1,"reports":[{"id":"{{Id}}","attempt":1,"dispatch":1,"end":"done","ranSeconds":-1}]}""", 422, "reports[0].end:unknown_value", "reports[0].ranSeconds:out_of_range")]
    [InlineData("complete", """{"incarnation":1,"reports":[{"id":"x","attempt":1,"dispatch":1,"end":"failed","ranSeconds":0}]}""", 400, "reports[0].id:bad_id")]
    [InlineData("complete", """{"incarnation":1,"reports":[null]}""", 400, "reports[0]:wrong_type")]
    [InlineData("complete", """{"incarnation":1,"reports":null}""", 400, "reports:wrong_type")]
    [InlineData("complete", """{"incarnation":1,"returned":[{"id":"00000000-0000-0000-0000-000000000000","attempt":0,"dispatch":-1}]}""", 400, "returned[0].id:bad_id", "returned[0].attempt:out_of_range", "returned[0].dispatch:out_of_range")]
    [InlineData("progress", """{"incarnation":1}""", 400, "items:missing_field")]
    [InlineData("progress", $$"""{"incarnation":1,"items":[{"id":"{{Id}}","attempt":1,"percent":101,"logs":["a",null]}]}""", 400, "items[0].percent:out_of_range", "items[0].logs[1]:wrong_type")]
    [InlineData("beat", """{"incarnation":1,"running":-1,"lastLease":-1,"load":{"cpuPercent":101,"memoryPercent":-1},"held":{"count":-1,"hash":"zz"}}""", 422, "load.cpuPercent:out_of_range", "load.memoryPercent:out_of_range", "running:out_of_range", "lastLease:out_of_range", "held.hash:bad_text", "held.count:out_of_range")]
    [InlineData("beat", """{"incarnation":1,"running":0,"lastLease":0,"load":{"cpuPercent":1}}""", 400, "load.memoryPercent:missing_field")]
    [InlineData("adopt", """{"incarnation":1,"number":0,"held":[],"registration":{"instance":"i","slots":0,"types":["a"]}}""", 422, "registration.slots:out_of_range", "number:out_of_range")]
    [InlineData("adopt", """{"incarnation":1,"number":1,"held":[{"returned":false}],"registration":{"instance":"i","slots":1,"types":["a"]}}""", 400, "held[0].task:missing_field")]
    [InlineData("leave", "{}", 400, "incarnation:missing_field")]
    public async Task Call_Wrong_NamesEveryFieldAndReachesNoNode(string call, string body, int status, params string[] errors)
    {
        await using var server = await GatewayServer.StartAsync();

        var answer = await server.PostAsync($"/api/v1/nodes/w1/{call}", body);

        Assert.Equal(errors, answer.Errors);
        Assert.Equal(status, answer.Code);
        Assert.Empty(server.Actors.Nodes.Values.SelectMany(node => node.Calls));
    }

    [Fact]
    public async Task Register_WrongNodeName_IsRefused()
    {
        await using var server = await GatewayServer.StartAsync();

        var answer = await server.PostAsync("/api/v1/nodes/a%20b/register", """{"instance":"i","slots":1,"types":["a"]}""");

        Assert.Equal((422, "bad_name"), (answer.Code, answer.Problem));
    }

    [Fact]
    public async Task Complete_ResultAboveTheLimit_IsTooLarge()
    {
        await using var server = await GatewayServer.StartAsync();

        var answer = await server.PostAsync(
            "/api/v1/nodes/w1/complete",
            $$"""{"incarnation":1,"reports":[{"id":"{{Id}}","attempt":1,"dispatch":1,"end":"succeeded","ranSeconds":0,"result":"{{new string('x', 1024 * 1024)}}"}]}""");

        Assert.Equal((413, "result_too_large"), (answer.Code, answer.Problem));
    }

    [Fact]
    public async Task Complete_LongErrorText_IsCutBetweenCharacters()
    {
        await using var server = await GatewayServer.StartAsync();

        await server.PostAsync(
            "/api/v1/nodes/w1/complete",
            $$$"""{"incarnation":1,"reports":[{"id":"{{{Id}}}","attempt":1,"dispatch":1,"end":"failed","ranSeconds":0,"error":{"code":"c","message":"{{{new string('x', 4095)}}}😀"}}]}""");

        var report = Assert.Single(((CompleteRequest)Assert.Single(server.Actors.Nodes["w1"].Calls)).Reports);
        Assert.Equal(new string('x', 4095), report.Error!.Message);
    }

    [Fact]
    public async Task Progress_FloodOfLines_GoesOnAsTheLastOnes()
    {
        await using var server = await GatewayServer.StartAsync();
        var line = new string('x', WorkerCallReader.LogLineLengthMax);

        await server.PostAsync(
            "/api/v1/nodes/w1/progress",
            $$"""{"incarnation":1,"items":[{"id":"{{Id}}","attempt":1,"logs":[{{string.Join(',', Enumerable.Repeat($"\"{line}\"", WorkerCallReader.LogLinesMax))}}],"logsDropped":5}]}""");

        var said = Assert.Single(((ProgressRequest)Assert.Single(server.Actors.Nodes["w1"].Calls)).Items);
        Assert.Equal(LogTail.CharactersMax, said.Logs.Sum(text => text.Length));
        Assert.Equal(WorkerCallReader.LogLinesMax + 5, said.Logs.Count + said.LogsDropped);
    }

    [Fact]
    public async Task Lease_ServerStops_AnswersNotReady()
    {
        await using var server = await GatewayServer.StartAsync();
        var waiting = new TaskCompletionSource();
        var node = (FakeNode)server.Actors.Node("w1");
        node.OnLease = _ =>
        {
            waiting.SetResult();
            return new TaskCompletionSource<LeaseReply>().Task;
        };

        var lease = server.PostAsync("/api/v1/nodes/w1/lease", """{"incarnation":1,"number":1,"max":1,"waitSeconds":30}""");
        await Await.Within(waiting.Task, GatewayServer.Limit, "the lease to wait");
        await server.StopAsync();

        Assert.Equal("not_ready", (await lease).Json.GetProperty("status").GetString());
    }
}
