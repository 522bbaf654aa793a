using Silo.Core.Storage;
using Silo.Core.Tasks;
using Silo.Gateway.Tests.Hosting;

namespace Silo.Gateway.Tests.Tasks;

public sealed class TaskChangeTests
{
    [Fact]
    public async Task Cancel_RunningTask_IsAcceptedAsCancelling()
    {
        await using var server = await GatewayServer.StartAsync();
        server.Client.Tasks[Samples.Id(5)] = new() { Task = Samples.Details(5, StoredState.Running), State = TaskState.Running };

        var answer = await server.PostAsync("/api/v1/tasks/5/cancel");

        Assert.Equal((202, $$"""{"id":"{{Samples.Id(5)}}","state":"running","cancelling":true}"""), (answer.Code, answer.Text));
    }

    [Fact]
    public async Task Cancel_SettledTask_IsAConflictThatNamesTheState()
    {
        await using var server = await GatewayServer.StartAsync();
        server.Client.OnCancel = id => new CancelAnswer(id, CancelKind.Settled, StoredState.Succeeded);

        var answer = await server.PostAsync($"/api/v1/tasks/{Samples.Id(5)}/cancel", "{}");

        Assert.Equal((409, "already_settled", "succeeded"), (answer.Code, answer.Problem, answer.Json.GetProperty("state").GetString()));
    }

    [Fact]
    public async Task Retry_FailedTask_IsReadyWithItsNextAttempt()
    {
        await using var server = await GatewayServer.StartAsync();
        server.Client.OnRetry = id => new RetryAnswer(id, Found: true, StoredState.Failed, new WaitingTask { Spec = Samples.Details(5).Spec, Attempt = 4 });

        var answer = await server.PostAsync($"/api/v1/tasks/{Samples.Id(5)}/retry");

        Assert.Equal((200, $$"""{"id":"{{Samples.Id(5)}}","state":"ready","attempt":4}"""), (answer.Code, answer.Text));
    }

    [Fact]
    public async Task Retry_RunningTask_IsAConflictThatNamesTheState()
    {
        await using var server = await GatewayServer.StartAsync();
        server.Client.OnRetry = id => new RetryAnswer(id, Found: true, StoredState.Running, null);

        var answer = await server.PostAsync($"/api/v1/tasks/{Samples.Id(5)}/retry");

        Assert.Equal((409, "not_retryable", "running"), (answer.Code, answer.Problem, answer.Json.GetProperty("state").GetString()));
    }

    [Theory]
    [InlineData("cancel", "", """{"why":"x"}""", "why:unknown_field")]
    [InlineData("retry", "", "[]", "body:wrong_type")]
    [InlineData("cancel", "?force=1", null, "force:unknown_field")]
    public async Task Change_WithWhatItDoesNotTake_IsRefused(string verb, string query, string? body, string error)
    {
        await using var server = await GatewayServer.StartAsync();

        var answer = await server.PostAsync($"/api/v1/tasks/{Samples.Id(5)}/{verb}{query}", body);

        Assert.Equal(400, answer.Code);
        Assert.Equal([error], answer.Errors);
    }
}
