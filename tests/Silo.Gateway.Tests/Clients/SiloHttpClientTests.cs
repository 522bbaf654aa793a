using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Silo.Client;
using Silo.Contracts.Json;
using Silo.Contracts.Queues;
using Silo.Contracts.Tasks;
using Silo.Core.Storage;
using Silo.Core.Tasks;
using Silo.Gateway.Tests.Hosting;
using Silo.Testing;

namespace Silo.Gateway.Tests.Clients;

public sealed class SiloHttpClientTests
{
    private const string Key = "correct-horse-battery";

    [Fact]
    public async Task Client_EveryRoute_IsReachedAndRead()
    {
        await using var server = await GatewayServer.StartAsync(GatewayServer.Keyed(Key));
        using var client = new SiloHttpClient(server.Address, Key);
        server.Client.Tasks[Samples.Id(5)] = new() { Task = Samples.Details(5, StoredState.Failed), State = TaskState.Failed };
        server.Client.Page = new TaskPage([Samples.Details(5)], new TaskCursor(5));
        server.Client.OnRetry = id => new RetryAnswer(id, Found: true, StoredState.Failed, new WaitingTask { Spec = Samples.Details(5).Spec, Attempt = 2 });

        Assert.Equal(1, (await client.SubmitAsync(new SubmitTaskRequest { Type = "echo", Payload = RawJson.Parse("[1]") })).Number);
        Assert.Equal(2, (await client.SubmitAsync([new SubmitTaskRequest { Type = "echo" }, new SubmitTaskRequest { Type = "echo" }])).Count);
        Assert.Equal("""{"a": [1, "ü"]}""", (await client.GetTaskAsync("5")).Payload.ToString());
        var page = await client.ListTasksAsync("limit=1&label=a:b");
        Assert.Equal((1, new TaskCursor(5)), (page.Tasks.Count, Tasks(page.Next)));
        Assert.Equal("failed", (await client.CancelTaskAsync("5")).State);
        Assert.Equal(2, (await client.RetryTaskAsync("5")).Attempt);
        Assert.Equal(2, (await client.ListQueuesAsync()).Queues.Count);
        Assert.Equal(5, (await client.GetQueueAsync("mail")).ConcurrencyMax);
        Assert.Equal("random", (await client.SetQueueAsync("fresh", new SetQueueRequest { Strategy = "random" })).Strategy);
        Assert.Equal(2, (await client.ListNodesAsync()).Nodes.Count);
        Assert.Equal(80, (await client.GetNodeAsync("alpha")).Weight);
        Assert.Equal("alpha", (await client.DrainNodeAsync("alpha")).Name);
        Assert.Equal("alpha", (await client.ResumeNodeAsync("alpha")).Name);
        Assert.Equal("beta", (await client.RemoveNodeAsync("beta")).Name);
        Assert.Equal(("all", 4), ((await client.GetSessionAsync()).Name, (await client.GetSessionAsync()).Scopes.Count));
        Assert.Equal(4, (await client.GetOverviewAsync()).Epoch);
        Assert.Equal(2, (await client.GetScalingAsync()).Running);
        Assert.Equal(4, (await client.CheckReadyAsync()).Epoch);
    }

    [Fact]
    public async Task Submit_WithWait_CarriesTheTask()
    {
        await using var server = await GatewayServer.StartAsync();
        using var client = new SiloHttpClient(server.Address);
        server.Client.Tasks[Samples.Id(1)] = new() { Task = Samples.Details(1, StoredState.Succeeded), State = TaskState.Succeeded };

        var submitted = await client.SubmitAsync(new SubmitTaskRequest { Type = "echo" }, TimeSpan.FromSeconds(1.5));

        Assert.Equal(("succeeded", 1), (submitted.State, submitted.Task!.Number));
    }

    [Fact]
    public async Task Refusal_CarriesStatusCodeAndEveryError()
    {
        await using var server = await GatewayServer.StartAsync();
        using var client = new SiloHttpClient(server.Address);

        var refusal = await Assert.ThrowsAsync<SiloApiException>(() => client.SubmitAsync(new SubmitTaskRequest { Type = "ecco", Priority = 101 }));

        Assert.Equal((HttpStatusCode.UnprocessableEntity, "invalid_request"), (refusal.Status, refusal.Code));
        Assert.Equal(["priority:out_of_range", "type:unknown_type"], refusal.Errors.Select(error => $"{error.Field}:{error.Code}").Order());
        Assert.Contains("the nearest is 'echo'", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Key_Missing_IsRefused()
    {
        await using var server = await GatewayServer.StartAsync(GatewayServer.Keyed(Key));
        using var client = new SiloHttpClient(server.Address);

        Assert.Equal("key_missing", (await Assert.ThrowsAsync<SiloApiException>(() => client.GetOverviewAsync())).Code);
    }

    [Theory]
    [InlineData("")]
    [InlineData("two words")]
    [InlineData("line\nbreak")]
    [InlineData("schlüssel")]
    public void Key_ThatNoHeaderCarries_IsRefusedWithoutRepeatingIt(string key)
    {
        var refusal = Assert.Throws<ArgumentException>(() => new SiloHttpClient(new Uri("http://127.0.0.1:9"), key));

        Assert.StartsWith("The API key has characters", refusal.Message, StringComparison.Ordinal);
        Assert.True(key.Length == 0 || !refusal.Message.Contains(key, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(200, "<html>hello</html>")]
    [InlineData(502, "<html>bad gateway</html>")]
    [InlineData(200, "null")]
    public async Task Answer_OfSomethingElse_IsNotTakenForOurs(int status, string body)
    {
        await using var other = await StartOtherAsync(context =>
        {
            context.Response.StatusCode = status;
            return context.Response.WriteAsync(body);
        });
        using var client = new SiloHttpClient(new Uri(other.Urls.Single()));

        var refusal = await Assert.ThrowsAsync<SiloApiException>(() => client.GetOverviewAsync());

        Assert.Equal(((HttpStatusCode)status, SiloApiException.InvalidAnswer), (refusal.Status, refusal.Code));
    }

    [Fact]
    public async Task Answer_ThatDoesNotCome_TimesOutByTheClock()
    {
        var clock = new ManualTimeProvider();
        var asked = new TaskCompletionSource();
        await using var other = await StartOtherAsync(async context =>
        {
            asked.SetResult();
            await Task.Delay(Timeout.Infinite, context.RequestAborted);
        });
        using var client = new SiloHttpClient(new Uri(other.Urls.Single()), time: clock) { CallTimeout = TimeSpan.FromSeconds(3) };

        var call = client.GetOverviewAsync();
        await Await.Within(asked.Task, GatewayServer.Limit, "the call to arrive");
        clock.Advance(TimeSpan.FromSeconds(3));

        var late = await Assert.ThrowsAsync<TimeoutException>(() => call);
        Assert.Contains("api/v1/overview", late.Message, StringComparison.Ordinal);
    }

    private static TaskCursor? Tasks(string? next) =>
        next is null ? null : new TaskCursor(long.Parse(System.Text.Encoding.ASCII.GetString(System.Buffers.Text.Base64Url.DecodeFromChars(next))[1..]));

    private static async Task<WebApplication> StartOtherAsync(RequestDelegate answer)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var app = builder.Build();
        app.Run(answer);
        await Await.Within(app.StartAsync(), GatewayServer.Limit, "the other server to start");
        return app;
    }
}
