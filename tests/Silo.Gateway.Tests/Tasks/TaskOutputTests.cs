using Silo.Core.Engine;
using Silo.Core.Tasks;
using Silo.Gateway.Tests.Events;
using Silo.Gateway.Tests.Hosting;

namespace Silo.Gateway.Tests.Tasks;

/// <summary>What a task's handler gave: its result and its log.</summary>
public sealed class TaskOutputTests
{
    private static readonly string Path = $"/api/v1/tasks/{Samples.Id(1)}";

    [Theory]
    [InlineData("""{"a": [1, "ü"] }""", """{"a": [1, "ü"] }""")]
    [InlineData("", "null")]
    public async Task Result_OfATaskThatSucceeded_IsWhatTheHandlerReturned(string stored, string shown)
    {
        await using var server = await StartAsync(TaskState.Succeeded, task => task with { Result = Samples.Utf8(stored) });

        var answer = await server.GetAsync($"{Path}/result");

        Assert.Equal((200, "application/json", shown), (answer.Code, answer.ContentType, answer.Text));
    }

    [Theory]
    [InlineData(TaskState.Ready, "not_finished", "ready")]
    [InlineData(TaskState.Running, "not_finished", "running")]
    [InlineData(TaskState.Failed, "no_result", "failed")]
    [InlineData(TaskState.Cancelled, "no_result", "cancelled")]
    public async Task Result_ThatIsNone_IsAConflict(TaskState state, string code, string shown)
    {
        await using var server = await StartAsync(state);

        var answer = await server.GetAsync($"{Path}/result");

        Assert.Equal((409, code, shown), (answer.Code, answer.Problem, answer.Json.GetProperty("state").GetString()));
    }

    [Theory]
    [InlineData("/result", 404)]
    [InlineData("/logs", 404)]
    [InlineData("/result?wait=x", 400)]
    [InlineData("/logs?wait=1", 400)]
    public async Task Output_WrongCall_IsRefused(string rest, int status)
    {
        await using var server = await GatewayServer.StartAsync();

        Assert.Equal(status, (await server.GetAsync(Path + rest)).Code);
    }

    [Fact]
    public async Task Logs_OfARunningTask_FollowToItsEnd()
    {
        await using var server = await StartAsync(TaskState.Running, logs: ["one", "two"]);
        using var lines = await LineStream.OpenAsync(server, $"{Path}/logs");
        Assert.Equal(["one", "two"], await lines.ReadLinesAsync(2));

        server.Live.Publish([EventStreamTests.Said(1, 5, null, "two", "three\nfour"), EventStreamTests.Said(2, null, null, "another's")]);
        Assert.Equal(["two", "three four"], await lines.ReadLinesAsync(2));
        server.Live.Publish([EventStreamTests.Said(1, null, null, "five"), EventStreamTests.Event(1, TaskEventKind.Recorded)]);

        Assert.Equal(["five", LineStream.End], await lines.ReadLinesAsync(2));
    }

    [Fact]
    public async Task Logs_LineToldWhileTheTaskIsRead_ComesOnce()
    {
        await using var server = await StartAsync(TaskState.Running);
        server.Client.OnRead = () => server.Live.Publish([EventStreamTests.Said(1, null, null, "two", "three")]);
        server.Client.Tasks[Samples.Id(1)] = server.Client.Tasks[Samples.Id(1)] with { Logs = ["one", "two"] };

        using var lines = await LineStream.OpenAsync(server, $"{Path}/logs");

        Assert.Equal(["one", "two", "three"], await lines.ReadLinesAsync(3));
    }

    [Fact]
    public async Task Logs_OfATaskThatHasEnded_EndAtOnce()
    {
        await using var server = await StartAsync(TaskState.Failed);

        Assert.Equal((200, ""), await server.GetAsync($"{Path}/logs") is var answer ? (answer.Code, answer.Text) : default);
    }

    private static async Task<GatewayServer> StartAsync(TaskState state, Func<TaskDetails, TaskDetails>? change = null, params string[] logs)
    {
        var server = await GatewayServer.StartAsync();
        var task = Samples.Details(1);
        server.Client.Tasks[Samples.Id(1)] = new() { Task = change?.Invoke(task) ?? task, State = state, Logs = logs };
        return server;
    }
}
