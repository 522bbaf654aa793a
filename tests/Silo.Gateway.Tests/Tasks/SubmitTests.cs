using System.Text;
using Silo.Core.Storage;
using Silo.Core.Tasks;
using Silo.Gateway.Tests.Hosting;
using Silo.Testing;

namespace Silo.Gateway.Tests.Tasks;

public sealed class SubmitTests
{
    [Fact]
    public async Task Submit_OnlyAType_TakesEveryDefault()
    {
        await using var server = await GatewayServer.StartAsync();

        var answer = await server.PostAsync("/api/v1/tasks", """{"type":"echo"}""");

        Assert.Equal(201, answer.Code);
        Assert.Equal($"/api/v1/tasks/{Samples.Id(1)}", answer.Headers.Location!.ToString());
        Assert.Equal("""{"id":"01900000-0000-7000-8000-000000000001","number":1,"state":"ready"}""", answer.Text);
        var spec = Assert.Single(Assert.Single(server.Client.Submitted));
        Assert.Equal(new TaskSpec { Id = Samples.Id(1), Type = "echo", Queue = "default", RunAt = FakeSiloClient.StoreTime }, spec);
    }

    [Fact]
    public async Task Submit_EveryField_ReachesTheStoreAsGiven()
    {
        await using var server = await GatewayServer.StartAsync();

        var answer = await server.PostAsync("/api/v1/tasks", """
            {"type":"echo","queue":"mail","payload":{ "text" : "hé \u00fc", "n": 1.50 },"priority":0,"runAt":"2030-01-01T14:00:00.5+01:00","timeoutSeconds":0.25,
             "retry":{"attempts":7,"backoffSeconds":0.5,"backoffFactor":1.5,"backoffMaxSeconds":60,"jitter":0},
             "placement":{"node":"alpha","preferNode":"beta","excludeNodes":["gamma"],"labels":{"zone":"a"}},
             "idempotencyKey":"k 1","correlationId":"c","parentId":"01900000-0000-7000-8000-0000000000ff","user":"Zoë","labels":{"team":"x","empty":""}}
            """);

        Assert.Equal(201, answer.Code);
        Assert.Equal("scheduled", answer.Json.GetProperty("state").GetString());
        var spec = Assert.Single(Assert.Single(server.Client.Submitted));
        Assert.Equal("""{ "text" : "hé \u00fc", "n": 1.50 }""", Encoding.UTF8.GetString(spec.Payload.Span));
        Assert.Equal(("mail", 0, FakeSiloClient.StoreTime.AddHours(1).AddMilliseconds(500), TimeSpan.FromMilliseconds(250)), (spec.Queue, spec.Priority, spec.RunAt, spec.Timeout));
        Assert.Equal(
            new RetryPolicy { AttemptsMax = 7, BackoffInitial = TimeSpan.FromSeconds(0.5), BackoffFactor = 1.5, BackoffMax = TimeSpan.FromMinutes(1), Jitter = 0 }, spec.Retry);
        Assert.Equal(("alpha", "beta"), (spec.Placement.RequiredNode, spec.Placement.PreferredNode));
        Assert.Equal(["gamma"], spec.Placement.ExcludedNodes!);
        Assert.Equal("a", spec.Placement.RequiredLabels!["zone"]);
        Assert.Equal(("k 1", "c", Samples.Id(255), "Zoë"), (spec.IdempotencyKey, spec.CorrelationId, spec.ParentId!.Value, spec.User));
        Assert.Equal(["empty=", "team=x"], spec.Labels!.Select(label => $"{label.Key}={label.Value}").Order());
    }

    [Fact]
    public async Task Submit_Delay_IsRoundedUpToWholeMilliseconds()
    {
        await using var server = await GatewayServer.StartAsync();

        await server.PostAsync("/api/v1/tasks", """{"type":"echo","delaySeconds":1.5001}""");

        Assert.Equal(FakeSiloClient.StoreTime.AddMilliseconds(1501), Assert.Single(Assert.Single(server.Client.Submitted)).RunAt);
    }

    [Fact]
    public async Task Submit_Array_IsOneWriteWithOneAnswerEach()
    {
        await using var server = await GatewayServer.StartAsync();
        var first = Samples.Id(900);
        server.Client.Tasks[first] = new() { Task = Samples.Details(900, StoredState.Succeeded), State = TaskState.Succeeded };
        server.Client.OnInsert = (task, index) => new InsertAnswer((InsertKind)index, index == 0 ? task.Id : first, index == 0 ? 1 : 900);

        var answer = await server.PostAsync("/api/v1/tasks", """ [{"type":"echo"},{"type":"echo","idempotencyKey":"a"},{"type":"echo","idempotencyKey":"b"}]""");

        Assert.Equal(200, answer.Code);
        Assert.Equal(3, Assert.Single(server.Client.Submitted).Count);
        Assert.Equal(
            $$"""[{"id":"{{Samples.Id(1)}}","number":1,"state":"ready"},{"id":"{{first}}","number":900,"state":"succeeded","duplicate":true},{"id":"{{first}}","number":900,"state":"succeeded","conflict":true}]""",
            answer.Text);
    }

    [Fact]
    public async Task Submit_EmptyArray_IsAnsweredWithoutTheStore()
    {
        await using var server = await GatewayServer.StartAsync();

        var answer = await server.PostAsync("/api/v1/tasks", "[]");

        Assert.Equal((200, "[]"), (answer.Code, answer.Text));
        Assert.Empty(server.Client.Submitted);
    }

    [Fact]
    public async Task Submit_OneWrongTaskInAnArray_RefusesTheWholeArray()
    {
        await using var server = await GatewayServer.StartAsync();

        var answer = await server.PostAsync("/api/v1/tasks", """[{"type":"echo"},{"type":"echo"},{"type":"echo"},{"type":"echo","priority":101}]""");

        Assert.Equal((422, "out_of_range"), (answer.Code, answer.Problem));
        Assert.Equal(["tasks[3].priority:out_of_range"], answer.Errors);
        Assert.Empty(server.Client.Submitted);
    }

    [Fact]
    public async Task Submit_AThousandTasks_AreTakenAndOneMoreIsNot()
    {
        await using var server = await GatewayServer.StartAsync();
        static string Many(int count) => $"[{string.Join(',', Enumerable.Repeat("""{"type":"echo"}""", count))}]";

        Assert.Equal(200, (await server.PostAsync("/api/v1/tasks", Many(1000))).Code);
        Assert.Equal(["tasks:out_of_range"], (await server.PostAsync("/api/v1/tasks", Many(1001))).Errors);
    }

    [Fact]
    public async Task Submit_KnownKeySameTask_AnswersTheFirstTask()
    {
        await using var server = await GatewayServer.StartAsync();
        server.Client.Tasks[Samples.Id(50)] = new() { Task = Samples.Details(50, StoredState.Running), State = TaskState.Running };
        server.Client.OnInsert = (_, _) => new InsertAnswer(InsertKind.Duplicate, Samples.Id(50), 50);

        var answer = await server.PostAsync("/api/v1/tasks", """{"type":"echo","idempotencyKey":"k"}""");

        Assert.Equal(200, answer.Code);
        Assert.Equal($$"""{"id":"{{Samples.Id(50)}}","number":50,"state":"running","duplicate":true}""", answer.Text);
    }

    [Fact]
    public async Task Submit_KnownKeyOtherTask_IsAConflictThatNamesTheFirst()
    {
        await using var server = await GatewayServer.StartAsync();
        server.Client.OnInsert = (_, _) => new InsertAnswer(InsertKind.KeyConflict, Samples.Id(50), 50);

        var answer = await server.PostAsync("/api/v1/tasks", """{"type":"echo","idempotencyKey":"k"}""");

        Assert.Equal((409, "idempotency_conflict"), (answer.Code, answer.Problem));
        Assert.Equal(Samples.Id(50).ToString(), Assert.Single(answer.Json.GetProperty("ids").EnumerateArray()).GetString());
    }

    [Fact]
    public async Task Submit_StoreAway_SaysThatNothingWasStored()
    {
        await using var server = await GatewayServer.StartAsync();
        server.Client.Failure = () => new StoreUnavailableException("away");

        var answer = await server.PostAsync("/api/v1/tasks", """{"type":"echo"}""");

        Assert.Equal((503, "store_unavailable", "1"), (answer.Code, answer.Problem, answer.Headers.RetryAfter!.ToString()));
    }

    [Fact]
    public async Task Submit_AnswerOfTheStoreLost_NamesTheIds()
    {
        await using var server = await GatewayServer.StartAsync();
        server.Client.Failure = () => new StoreUnknownException("lost");

        var answer = await server.PostAsync("/api/v1/tasks", """[{"type":"echo"},{"type":"echo"}]""");

        Assert.Equal((503, "outcome_unknown"), (answer.Code, answer.Problem));
        Assert.NotNull(answer.Headers.RetryAfter);
        Assert.Equal([Samples.Id(1).ToString(), Samples.Id(2).ToString()], answer.Json.GetProperty("ids").EnumerateArray().Select(id => id.GetString()));
    }

    [Fact]
    public async Task Submit_WithWait_AnswersWithTheEndedTask()
    {
        await using var server = await GatewayServer.StartAsync();
        var waited = TimeSpan.Zero;
        server.Client.OnWait = (id, wait, _) =>
        {
            waited = wait;
            var done = Samples.Details(1, StoredState.Succeeded) with { Result = Samples.Utf8("""{"ok":true}""") };
            return Task.FromResult(new Core.Engine.TaskStatusReply { Task = done, State = TaskState.Succeeded });
        };

        var answer = await server.PostAsync("/api/v1/tasks?wait=2.5", """{"type":"echo"}""");

        Assert.Equal((201, "succeeded"), (answer.Code, answer.Json.GetProperty("state").GetString()));
        Assert.Equal("""{"ok":true}""", answer.Json.GetProperty("task").GetProperty("result").GetRawText());
        Assert.Equal(TimeSpan.FromSeconds(2.5), waited);
    }

    [Fact]
    public async Task Submit_WithWaitWhileTheServerStops_StillAnswersTheId()
    {
        await using var server = await GatewayServer.StartAsync();
        var waiting = new TaskCompletionSource();
        server.Client.OnWait = async (_, _, token) =>
        {
            waiting.SetResult();
            await Task.Delay(Timeout.Infinite, token);
            throw new InvalidOperationException("An endless wait ended.");
        };

        var submit = server.PostAsync("/api/v1/tasks?wait=60", """{"type":"echo"}""");
        await Await.Within(waiting.Task, GatewayServer.Limit, "the submit to wait");
        await server.StopAsync();

        Assert.Equal((201, "ready"), ((await submit).Code, (await submit).Json.GetProperty("state").GetString()));
    }
}
