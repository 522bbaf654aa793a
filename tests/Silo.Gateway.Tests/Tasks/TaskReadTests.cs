using Silo.Core.Storage;
using Silo.Core.Tasks;
using Silo.Gateway.Tests.Hosting;
using Silo.Testing;

namespace Silo.Gateway.Tests.Tasks;

public sealed class TaskReadTests
{
    [Fact]
    public async Task Read_ByIdAndByNumber_ShowsTheWholeTask()
    {
        await using var server = await GatewayServer.StartAsync();
        var task = Samples.Details(12, StoredState.Running) with
        {
            StartedAt = FakeSiloClient.StoreTime.AddSeconds(1),
            FinishedAt = FakeSiloClient.StoreTime.AddSeconds(2),
            Node = "alpha",
            Deaths = 1,
            Attempt = 2,
            CancelRequested = true,
            Result = Samples.Utf8("[1]"),
            Error = new TaskError("timeout", "took <too> long"),
        };
        task = task with { Spec = task.Spec with { IdempotencyKey = "k", CorrelationId = "c", ParentId = Samples.Id(3), User = "u", Labels = new Dictionary<string, string> { ["a"] = "b" }, Placement = new() { RequiredNode = "alpha" } } };
        server.Client.Tasks[Samples.Id(12)] = new() { Task = task, State = TaskState.Running, Node = "beta", ProgressPercent = 40, ProgressMessage = "half" };

        var answer = await server.GetAsync($"/api/v1/tasks/{Samples.Id(12)}");

        Assert.Equal(200, answer.Code);
        Assert.Equal(
            """
            {"id":"01900000-0000-7000-8000-00000000000c","number":12,"type":"echo","queue":"default","state":"running","cancelling":true,"priority":50,"attempt":2,"deaths":1,
            "createdAt":"2030-01-01T12:00:00Z","runAt":"2030-01-01T12:00:00Z","startedAt":"2030-01-01T12:00:01Z","finishedAt":"2030-01-01T12:00:02Z","node":"beta",
            "progress":{"percent":40,"message":"half"},"payload":{"a": [1, "ü"]},"result":[1],"error":{"code":"timeout","message":"took <too> long"},"timeoutSeconds":3600,
            "retry":{"attempts":3,"backoffSeconds":1,"backoffFactor":2,"backoffMaxSeconds":300,"jitter":0.2},"placement":{"node":"alpha"},"idempotencyKey":"k",
            "correlationId":"c","parentId":"01900000-0000-7000-8000-000000000003","user":"u","labels":{"a":"b"}}
            """.ReplaceLineEndings(""),
            answer.Text);
        Assert.Equal(answer.Text, (await server.GetAsync("/api/v1/tasks/12")).Text);
    }

    [Theory]
    [InlineData("01900000-0000-7000-8000-0000000000aa", 404, "not_found")]
    [InlineData("77", 404, "not_found")]
    [InlineData("0", 400, "bad_id")]
    [InlineData("-1", 400, "bad_id")]
    [InlineData("99999999999999999999", 400, "bad_id")]
    [InlineData("abc", 400, "bad_id")]
    [InlineData("00000000-0000-0000-0000-000000000000", 400, "bad_id")]
    public async Task Task_ThatIsNot_IsRefusedByEveryRoute(string task, int status, string code)
    {
        await using var server = await GatewayServer.StartAsync();
        server.Client.OnCancel = id => new CancelAnswer(id, CancelKind.NotFound, default);

        foreach (var answer in new[]
        {
            await server.GetAsync($"/api/v1/tasks/{task}"),
            await server.PostAsync($"/api/v1/tasks/{task}/cancel"),
            await server.PostAsync($"/api/v1/tasks/{task}/retry"),
        })
        {
            Assert.Equal((status, code), (answer.Code, answer.Problem));
        }
    }

    [Fact]
    public async Task Read_WithWait_AsksForThatLong()
    {
        await using var server = await GatewayServer.StartAsync();
        var waits = new List<TimeSpan>();
        server.Client.OnWait = (_, wait, _) =>
        {
            waits.Add(wait);
            return Task.FromResult(new Core.Engine.TaskStatusReply { Task = Samples.Details(1, StoredState.Failed), State = TaskState.Failed });
        };

        var answer = await server.GetAsync($"/api/v1/tasks/{Samples.Id(1)}?wait=60");

        Assert.Equal("failed", answer.Json.GetProperty("state").GetString());
        Assert.Equal([TimeSpan.FromSeconds(60)], waits);
    }

    [Theory]
    [InlineData("60.1", 422, "wait:out_of_range")]
    [InlineData("-1", 422, "wait:out_of_range")]
    [InlineData("soon", 400, "wait:wrong_type")]
    [InlineData("1e1", 400, "wait:wrong_type")]
    public async Task Read_WrongWait_IsRefused(string wait, int status, string error)
    {
        await using var server = await GatewayServer.StartAsync();

        var answer = await server.GetAsync($"/api/v1/tasks/{Samples.Id(1)}?wait={wait}");

        Assert.Equal(status, answer.Code);
        Assert.Equal([error], answer.Errors);
    }

    [Fact]
    public async Task Read_WaitingClientLeaves_EndsTheWait()
    {
        await using var server = await GatewayServer.StartAsync();
        var waiting = new TaskCompletionSource();
        var ended = new TaskCompletionSource();
        server.Client.OnWait = async (_, _, token) =>
        {
            waiting.SetResult();
            await using var _ = token.Register(ended.SetResult);
            await Task.Delay(Timeout.Infinite, token);
            throw new InvalidOperationException("An endless wait ended.");
        };

        using var leave = new CancellationTokenSource();
        var call = server.Http.GetAsync(new Uri($"/api/v1/tasks/{Samples.Id(1)}?wait=60", UriKind.Relative), leave.Token);
        await Await.Within(waiting.Task, GatewayServer.Limit, "the call to wait");
        await leave.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => call);
        await Await.Within(ended.Task, GatewayServer.Limit, "the wait to be ended");
    }

    [Fact]
    public async Task List_EveryFilter_ReachesTheStore()
    {
        await using var server = await GatewayServer.StartAsync();
        server.Client.Page = new TaskPage([], new TaskCursor(41));

        var first = await server.GetAsync(
            "/api/v1/tasks?state=failed&queue=mail&type=echo&node=alpha&correlationId=c&label=team:a:b&createdFrom=2030-01-01T00:00:00Z&createdBefore=2030-01-02T00:00Z&limit=7");
        var next = first.Json.GetProperty("next").GetString();
        await server.GetAsync($"/api/v1/tasks?after={next}");

        Assert.Equal(
            [
                (new TaskFilter
                {
                    State = StoredState.Failed,
                    Queue = "mail",
                    Type = "echo",
                    Node = "alpha",
                    CorrelationId = "c",
                    Label = new("team", "a:b"),
                    CreatedFrom = new(2030, 1, 1, 0, 0, 0, TimeSpan.Zero),
                    CreatedBefore = new(2030, 1, 2, 0, 0, 0, TimeSpan.Zero),
                }, null, 7),
                (TaskFilter.Everything, new TaskCursor(41), 100),
            ],
            server.Client.Listed);
    }

    [Theory]
    [InlineData("scheduled", "2")]
    [InlineData("ready", "1")]
    [InlineData("", "1,2")]
    public async Task List_ScheduledAndReady_AreToldApartByTheDueTime(string state, string numbers)
    {
        await using var server = await GatewayServer.StartAsync();
        server.Client.Page = new TaskPage([Samples.Details(1), Samples.Details(2, runAt: FakeSiloClient.StoreTime.AddSeconds(1))], null);

        var answer = await server.GetAsync($"/api/v1/tasks?state={state}");

        Assert.Equal(numbers, string.Join(',', answer.Json.GetProperty("tasks").EnumerateArray().Select(task => task.GetProperty("number").GetInt64())));
        Assert.Equal(state.Length == 0 ? null : StoredState.Waiting, server.Client.Listed.Single().Filter.State);
        Assert.DoesNotContain("payload", answer.Text, StringComparison.Ordinal);
        Assert.DoesNotContain("next", answer.Text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("state=waiting", 422, "state:unknown_value")]
    [InlineData("limit=0", 422, "limit:out_of_range")]
    [InlineData("limit=501", 422, "limit:out_of_range")]
    [InlineData("limit=ten", 400, "limit:wrong_type")]
    [InlineData("after=xyz", 400, "after:bad_cursor")]
    [InlineData("after=%2B%2B%2B", 400, "after:bad_cursor")]
    [InlineData("label=team", 400, "label:wrong_type")]
    [InlineData("createdFrom=2030-01-01", 400, "createdFrom:wrong_type")]
    [InlineData("createdFrom=2030-01-01T00:00:00", 400, "createdFrom:wrong_type")]
    [InlineData("colour=red", 400, "colour:unknown_field")]
    [InlineData("queue=a&queue=b", 400, "queue:duplicate_field")]
    [InlineData("queue=a%00b", 422, "queue:bad_text")]
    [InlineData("queue=a%20b", 422, "queue:bad_name")]
    [InlineData("type=..", 422, "type:bad_name")]
    [InlineData("node=%C3%BC", 422, "node:bad_name")]
    [InlineData("createdBefore=yesterday", 400, "createdBefore:wrong_type")]
    [InlineData("after=bi0x", 400, "after:bad_cursor")]
    [InlineData("label=%3Avalue", 400, "label:wrong_type")]
    [InlineData("limit=1.5", 400, "limit:wrong_type")]
    public async Task List_WrongQuery_IsRefused(string query, int status, string error)
    {
        await using var server = await GatewayServer.StartAsync();

        var answer = await server.GetAsync($"/api/v1/tasks?{query}");

        Assert.Equal([error], answer.Errors);
        Assert.Equal(status, answer.Code);
        Assert.Empty(server.Client.Listed);
    }
}
