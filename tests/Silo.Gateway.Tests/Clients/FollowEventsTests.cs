using System.Collections.Concurrent;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Silo.Client;
using Silo.Client.Events;
using Silo.Core.Engine;
using Silo.Gateway.Tests.Events;
using Silo.Gateway.Tests.Hosting;
using Silo.Testing;

namespace Silo.Gateway.Tests.Clients;

public sealed class FollowEventsTests
{
    private const string Task = """{"kind":"submitted","id":"01900000-0000-7000-8000-000000000001","queue":"mail"}""";

    [Fact]
    public async Task Follow_FromTheGateway_TellsWhatPassesTheFilter()
    {
        await using var server = await GatewayServer.StartAsync();
        using var client = new SiloHttpClient(server.Address);
        await using var events = client.FollowEventsAsync(new EventFollowing { Queue = "mail", Node = "alpha" }).GetAsyncEnumerator();
        var next = events.MoveNextAsync().AsTask();
        await Await.Until(() => System.Threading.Tasks.Task.FromResult(server.Live.Listening), GatewayServer.Limit, "the follower to be seated");

        server.Live.Publish([EventStreamTests.Event(1, TaskEventKind.Submitted) with { Node = "beta" }, EventStreamTests.Event(2, TaskEventKind.Recorded)]);

        Assert.True(await Await.Within(next, GatewayServer.Limit, "the event"));
        Assert.Equal((Samples.Id(2).Value, "recorded", "succeeded"), (events.Current.Task!.Id, events.Current.Task.Kind, events.Current.Task.State));
        Assert.NotNull(events.Current.Id);
    }

    [Fact]
    public async Task Follow_StreamIsLost_GoesOnAfterTheLastPlaceItWasTold()
    {
        await using var server = await ScriptedServer.StartAsync(
            context => SendAsync(context, $": silo\nretry: 10\nid: a-1\n\nevent: task\nid: a-2\ndata: {Task}\n\n: still here\nid: a-7\n\n"),
            Refuse,
            context => SendAsync(context, $"event: missed\nid: b-1\ndata: {{}}\n\nevent: newer\nid: b-2\ndata: {{}}\n\nevent: task\nid: b-3\ndata: {Task}\n\n"));
        using var client = new SiloHttpClient(server.Address);
        var lost = new ConcurrentQueue<string>();

        var told = new List<FollowedEvent>();
        await foreach (var one in client.FollowEventsAsync(new EventFollowing { LastId = "a-0", Lost = lost.Enqueue }, TestContext.Current.CancellationToken))
        {
            told.Add(one);
            if (told.Count == 3)
                break;
        }

        Assert.Equal([("a-2", true), ("b-1", false), ("b-3", true)], told.Select(one => (one.Id!, one.Task is not null)));
        Assert.Equal(["a-0", "a-7", "a-7"], server.LastIds);
        Assert.Equal(2, lost.Count);
    }

    [Fact]
    public async Task Follow_FirstStreamIsRefused_IsTheCallersNews()
    {
        await using var server = await ScriptedServer.StartAsync(Refuse);
        using var client = new SiloHttpClient(server.Address);
        await using var events = client.FollowEventsAsync().GetAsyncEnumerator();

        var refused = await Assert.ThrowsAsync<SiloApiException>(async () => await events.MoveNextAsync());
        Assert.Equal("too_many_readers", refused.Code);
    }

    [Fact]
    public async Task Follow_ServerFallsSilent_IsTakenForLost()
    {
        var time = new ManualTimeProvider();
        await using var server = await ScriptedServer.StartAsync(
            async context =>
            {
                await SendAsync(context, ": silo\nid: a-1\n\n");
                await System.Threading.Tasks.Task.Delay(Timeout.Infinite, context.RequestAborted);
            },
            context => SendAsync(context, $"event: task\nid: a-2\ndata: {Task}\n\n"));
        using var client = new SiloHttpClient(server.Address, time: time);
        await using var events = client.FollowEventsAsync().GetAsyncEnumerator();
        var next = events.MoveNextAsync().AsTask();

        await Await.Until(
            () =>
            {
                // Not while a call is under way, whose own limit would pass too.
                if (!server.LastIds.IsEmpty)
                    time.Advance(TimeSpan.FromSeconds(1));
                return System.Threading.Tasks.Task.FromResult(next.IsCompleted);
            },
            GatewayServer.Limit,
            "the second stream");

        Assert.True(await next);
        Assert.Equal("a-2", events.Current.Id);
    }

    [Fact]
    public void Following_IdThatNoHeaderCarries_IsTheCallersMistake() => Assert.Throws<ArgumentException>(() => new EventFollowing { LastId = "a\nb" });

    private static async Task SendAsync(HttpContext context, string text)
    {
        context.Response.ContentType = "text/event-stream";
        await context.Response.WriteAsync(text);
        await context.Response.Body.FlushAsync();
    }

    private static Task Refuse(HttpContext context)
    {
        context.Response.StatusCode = 503;
        context.Response.ContentType = "application/problem+json";
        return context.Response.WriteAsync("""{"type":"about:blank","title":"Service Unavailable","status":503,"detail":"No seat.","code":"too_many_readers"}""");
    }

    /// <summary>Answers each call as its place in a list says; the last one serves for all that follow.</summary>
    private sealed class ScriptedServer(WebApplication app) : IAsyncDisposable
    {
        public Uri Address => new(app.Urls.Single());

        public ConcurrentQueue<string> LastIds { get; } = [];

        public static async Task<ScriptedServer> StartAsync(params Func<HttpContext, Task>[] answers)
        {
            var builder = WebApplication.CreateSlimBuilder();
            builder.Logging.ClearProviders();
            builder.WebHost.UseUrls("http://127.0.0.1:0");
            var server = new ScriptedServer(builder.Build());
            server.Run(answers);
            await server.StartAsync();
            return server;
        }

        public ValueTask DisposeAsync() => app.DisposeAsync();

        private Task StartAsync() => Await.Within(app.StartAsync(), GatewayServer.Limit, "the server to start");

        private void Run(Func<HttpContext, Task>[] answers) => app.Run(context =>
        {
            LastIds.Enqueue(context.Request.Headers["Last-Event-ID"].ToString());
            return answers[Math.Min(LastIds.Count, answers.Length) - 1](context);
        });
    }
}
