using System.Text;
using Silo.Core.Engine;
using Silo.Gateway.Tests.Hosting;

namespace Silo.Gateway.Tests.Tasks;

public sealed class SubmitRuleTests
{
    private const string Long = "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa";

    [Theory]
    [InlineData("{}", 400, "type:missing_field")]
    [InlineData("""{"type":null}""", 400, "type:missing_field")]
    [InlineData("""{"type":5}""", 400, "type:wrong_type")]
    [InlineData("""{"type":""}""", 422, "type:bad_name")]
    [InlineData("""{"type":"a b"}""", 422, "type:bad_name")]
    [InlineData("""{"type":".."}""", 422, "type:bad_name")]
    [InlineData($$"""{"type":"{{Long}}"}""", 422, "type:bad_name")]
    [InlineData("""{"type":"ecco"}""", 422, "type:unknown_type")]
    [InlineData("""{"type":"echo","queue":"mails"}""", 422, "queue:unknown_queue")]
    [InlineData("""{"type":"echo","queue":"a/b"}""", 422, "queue:bad_name")]
    [InlineData("""{"type":"echo","colour":1}""", 400, "colour:unknown_field")]
    [InlineData("""{"type":"echo","Priority":1}""", 400, "Priority:unknown_field")]
    [InlineData("""{"type":"echo","type":"echo"}""", 400, "type:duplicate_field")]
    [InlineData("""{"type":"echo","payload":{"a":1,"a":2}}""", 400, "payload.a:duplicate_field")]
    [InlineData("""{"type":"echo","payload":[{"b":{"a":1,"a":2}}]}""", 400, "payload[0].b.a:duplicate_field")]
    [InlineData("""{"type":"echo","priority":101}""", 422, "priority:out_of_range")]
    [InlineData("""{"type":"echo","priority":-1}""", 422, "priority:out_of_range")]
    [InlineData("""{"type":"echo","priority":99999999999}""", 422, "priority:out_of_range")]
    [InlineData("""{"type":"echo","priority":5.5}""", 400, "priority:wrong_type")]
    [InlineData("""{"type":"echo","priority":"5"}""", 400, "priority:wrong_type")]
    [InlineData("""{"type":"echo","delaySeconds":-0.1}""", 422, "delaySeconds:out_of_range")]
    [InlineData("""{"type":"echo","delaySeconds":1e400}""", 422, "delaySeconds:out_of_range")]
    [InlineData("""{"type":"echo","delaySeconds":"1"}""", 400, "delaySeconds:wrong_type")]
    [InlineData("""{"type":"echo","runAt":"tomorrow"}""", 400, "runAt:wrong_type")]
    [InlineData("""{"type":"echo","runAt":"2030-01-01T00:00:00"}""", 400, "runAt:wrong_type")]
    [InlineData("""{"type":"echo","runAt":"1969-12-31T23:59:59Z"}""", 422, "runAt:out_of_range")]
    [InlineData("""{"type":"echo","runAt":"2999-01-01T00:00:00Z"}""", 422, "runAt:out_of_range")]
    [InlineData("""{"type":"echo","runAt":"2030-01-01T00:00:00Z","delaySeconds":1}""", 422, "delaySeconds:conflicting_fields")]
    [InlineData("""{"type":"echo","timeoutSeconds":0}""", 422, "timeoutSeconds:out_of_range")]
    [InlineData("""{"type":"echo","timeoutSeconds":604801}""", 422, "timeoutSeconds:out_of_range")]
    [InlineData("""{"type":"echo","retry":3}""", 400, "retry:wrong_type")]
    [InlineData("""{"type":"echo","retry":{"attempts":0}}""", 422, "retry.attempts:out_of_range")]
    [InlineData("""{"type":"echo","retry":{"attempts":1001}}""", 422, "retry.attempts:out_of_range")]
    [InlineData("""{"type":"echo","retry":{"tries":1}}""", 400, "retry.tries:unknown_field")]
    [InlineData("""{"type":"echo","retry":{"backoffFactor":0.9}}""", 422, "retry.backoffFactor:out_of_range")]
    [InlineData("""{"type":"echo","retry":{"backoffSeconds":301}}""", 422, "retry.backoffSeconds:out_of_range")]
    [InlineData("""{"type":"echo","retry":{"backoffMaxSeconds":-1}}""", 422, "retry.backoffMaxSeconds:out_of_range")]
    [InlineData("""{"type":"echo","retry":{"jitter":1.1}}""", 422, "retry.jitter:out_of_range")]
    [InlineData("""{"type":"echo","placement":{"node":"a b"}}""", 422, "placement.node:bad_name")]
    [InlineData("""{"type":"echo","placement":{"excludeNodes":["a",null]}}""", 400, "placement.excludeNodes[1]:wrong_type")]
    [InlineData("""{"type":"echo","placement":{"excludeNodes":["a",7]}}""", 400, "placement.excludeNodes[1]:wrong_type")]
    [InlineData("""{"type":"echo","placement":{"node":"a","excludeNodes":["a"]}}""", 422, "placement.node:conflicting_fields")]
    [InlineData("""{"type":"echo","placement":{"labels":{"zone":1}}}""", 400, "placement.labels.zone:wrong_type")]
    [InlineData("""{"type":"echo","placement":{"labels":{"zone":null}}}""", 400, "placement.labels.zone:wrong_type")]
    [InlineData("""{"type":"echo","idempotencyKey":""}""", 422, "idempotencyKey:out_of_range")]
    [InlineData("""{"type":"echo","user":"a\u0000b"}""", 422, "user:bad_text")]
    [InlineData("""{"type":"echo","parentId":"17"}""", 400, "parentId:bad_id")]
    [InlineData("""{"type":"echo","labels":{"a b":"x"}}""", 422, "labels.a b:bad_name")]
    [InlineData("""{"type":"echo","labels":["a"]}""", 400, "labels:wrong_type")]
    [InlineData("""{"type":"file.digest"}""", 422, "payload.path:bad_payload")]
    [InlineData("""{"type":"file.digest","payload":{"path":"../x"}}""", 422, "payload.path:path_not_allowed")]
    [InlineData("""["echo"]""", 400, "tasks[0]:wrong_type")]
    [InlineData("""[null]""", 400, "tasks[0]:wrong_type")]
    [InlineData("\"echo\"", 400, "body:wrong_type")]
    [InlineData("null", 400, "body:wrong_type")]
    [InlineData("", 400, "body:invalid_json")]
    [InlineData("""{"type":"echo"}{}""", 400, "body:invalid_json")]
    [InlineData("""{"type":"echo",}""", 400, "body:invalid_json")]
    [InlineData("""{"type":"echo"/* no */}""", 400, "body:invalid_json")]
    [InlineData("""{"type":"echo","payload":"\ud800"}""", 400, "body:invalid_json")]
    public async Task Submit_OneThingWrong_NamesFieldAndCode(string body, int status, string error)
    {
        await using var server = await GatewayServer.StartAsync();

        var answer = await server.PostAsync("/api/v1/tasks", body);

        Assert.Equal([error], answer.Errors);
        Assert.Equal((status, error.Split(':')[^1]), (answer.Code, answer.Problem));
        Assert.Empty(server.Client.Submitted);
    }

    [Fact]
    public async Task Submit_ManyThingsWrong_AreToldTogether()
    {
        await using var server = await GatewayServer.StartAsync();

        var answer = await server.PostAsync(
            "/api/v1/tasks?wait=99&pace=1",
            """{"type":"ecco","queue":"mial","priority":"high","colour":1,"timeoutSeconds":-1,"retry":{"jitter":2,"x":1},"labels":{"a b":"c"},"placement":{"excludeNodes":"a"}}""");

        Assert.Equal((400, "invalid_request"), (answer.Code, answer.Problem));
        Assert.Equal(
            [
                "colour:unknown_field", "labels.a b:bad_name", "pace:unknown_field", "placement.excludeNodes:wrong_type", "priority:wrong_type", "queue:unknown_queue",
                "retry.jitter:out_of_range", "retry.x:unknown_field", "timeoutSeconds:out_of_range", "type:unknown_type", "wait:out_of_range",
            ],
            answer.Errors.Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Submit_UnknownNames_SuggestTheNearest()
    {
        await using var server = await GatewayServer.StartAsync();

        var answer = await server.PostAsync("/api/v1/tasks", """{"type":"Slep","queue":"defalt"}""");

        Assert.Contains("the nearest is 'sleep'", answer.Text, StringComparison.Ordinal);
        Assert.Contains("the nearest is 'default'", answer.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Submit_NameThatIsLikeNoKnownOne_ListsThoseThereAre()
    {
        await using var server = await GatewayServer.StartAsync();

        var answer = await server.PostAsync("/api/v1/tasks", """{"type":"transcode"}""");

        Assert.Contains("'transcode' is not: known are echo, file.digest, sleep", answer.Json.GetProperty("detail").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Submit_ThousandsOfProblems_ListsTheFirstAndCountsAll()
    {
        await using var server = await GatewayServer.StartAsync();

        var answer = await server.PostAsync("/api/v1/tasks", $"[{string.Join(',', Enumerable.Repeat("""{"priority":101}""", 500))}]");

        Assert.Equal(100, answer.Errors.Length);
        Assert.Contains("999 more", answer.Json.GetProperty("detail").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Submit_PayloadAboveTheLimit_IsTooLarge()
    {
        await using var server = await GatewayServer.StartAsync();
        static string Body(int payloadBytes) => $$"""{"type":"echo","payload":"{{new string('x', payloadBytes - 2)}}"}""";

        Assert.Equal(201, (await server.PostAsync("/api/v1/tasks", Body(1024 * 1024))).Code);
        var answer = await server.PostAsync("/api/v1/tasks", Body((1024 * 1024) + 1));
        Assert.Equal((413, "payload_too_large"), (answer.Code, answer.Problem));
    }

    [Fact]
    public async Task Submit_Depth_IsBounded()
    {
        await using var server = await GatewayServer.StartAsync();
        static string Body(int depth) => $$"""{"type":"echo","payload":{{new string('[', depth)}}{{new string(']', depth)}}}""";

        Assert.Equal(201, (await server.PostAsync("/api/v1/tasks", Body(63))).Code);
        Assert.Equal(["body:invalid_json"], (await server.PostAsync("/api/v1/tasks", Body(64))).Errors);
    }

    [Fact]
    public async Task Submit_TypeThatASettingWouldOffer_SaysWhichSetting()
    {
        await using var server = await GatewayServer.StartAsync();
        using var refused = await server.Http.PostAsync(new Uri("/api/v1/tasks", UriKind.Relative), new StringContent("""{"type":"process"}""", Encoding.UTF8, "application/json"));

        Assert.Equal(422, (int)refused.StatusCode);
        Assert.Contains("'process' is not: start the server or a worker with --allow-process PATH", (await refused.Content.ReadAsStringAsync()).Replace("\u0027", "'"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Submit_QueueThatAppearsAfterTheLastLook_IsFound()
    {
        await using var server = await GatewayServer.StartAsync();
        Assert.Equal(201, (await server.PostAsync("/api/v1/tasks", """{"type":"echo","queue":"mail"}""")).Code);
        server.Client.Snapshot = server.Client.Snapshot with { Queues = [new QueueSnapshot(new() { Name = "fresh" }, 0, 0, false)] };

        Assert.Equal(201, (await server.PostAsync("/api/v1/tasks", """{"type":"echo","queue":"fresh"}""")).Code);
    }

    [Fact]
    public async Task Submit_KnownNames_AskTheSchedulerOnceForAWhile()
    {
        var clock = new Testing.ManualTimeProvider();
        await using var server = await GatewayServer.StartAsync(time: clock);

        for (var i = 0; i < 5; i++)
            Assert.Equal(201, (await server.PostAsync("/api/v1/tasks", """{"type":"echo"}""")).Code);
        Assert.Equal(1, server.Client.Snapshots);
        clock.Advance(TimeSpan.FromSeconds(1));
        await server.PostAsync("/api/v1/tasks", """{"type":"echo"}""");
        Assert.Equal(2, server.Client.Snapshots);
    }

    [Theory]
    [InlineData(0, false)]
    [InlineData(3, true)]
    public async Task Submit_UnknownNamesWhileTheSchedulerStarts_AreNotCalledUnknown(long epoch, bool takingOver)
    {
        await using var server = await GatewayServer.StartAsync();
        server.Client.Snapshot = server.Client.Snapshot with { Epoch = epoch, TakingOver = takingOver, Queues = [], Nodes = [] };

        var answer = await server.PostAsync("/api/v1/tasks", """{"type":"echo","queue":"mail"}""");

        Assert.Equal((503, "not_ready"), (answer.Code, answer.Problem));
    }

    [Fact]
    public async Task Submit_SchedulerSilent_TakesWhatItsLastWordCovers()
    {
        var clock = new Testing.ManualTimeProvider();
        await using var server = await GatewayServer.StartAsync(time: clock);
        server.Client.OnSnapshot = () => Task.FromException<SchedulerSnapshot>(new TimeoutException("silent"));
        Assert.Equal(503, (await server.PostAsync("/api/v1/tasks", """{"type":"echo"}""")).Code);
        Assert.Equal(201, (await server.PostAsync("/api/v1/tasks", """{"type":"file.digest","payload":{"path":"a"}}""")).Code);

        server.Client.OnSnapshot = null;
        Assert.Equal(201, (await server.PostAsync("/api/v1/tasks", """{"type":"echo"}""")).Code);
        clock.Advance(TimeSpan.FromHours(1));
        server.Client.OnSnapshot = () => Task.FromException<SchedulerSnapshot>(new TimeoutException("silent"));
        Assert.Equal(201, (await server.PostAsync("/api/v1/tasks", """{"type":"echo"}""")).Code);
    }
}
