using System.Net.Sockets;
using System.Text.Json;
using Silo.Core.Engine;
using Silo.Core.Tasks;
using Silo.Gateway.Events;
using Silo.Gateway.Tests.Hosting;
using Silo.Testing;

namespace Silo.Gateway.Tests.Events;

public sealed class EventStreamTests
{
    [Fact]
    public async Task Events_Opened_BeginWithACommentAndAPlace()
    {
        await using var server = await GatewayServer.StartAsync();
        using var stream = await LineStream.OpenAsync(server, "/api/v1/events");

        var opening = await stream.ReadBlockAsync();

        Assert.Equal("text/event-stream", stream.ContentType);
        Assert.Equal([": silo", "retry: 2000", "id: "], [opening[0], opening[1], opening[2][..4]]);
    }

    [Fact]
    public async Task Events_ManyOfOneTask_AreToldAsTheLast()
    {
        await using var server = await GatewayServer.StartAsync();
        using var stream = await LineStream.OpenAsync(server, "/api/v1/events");
        await stream.ReadBlockAsync();

        server.Live.Publish([Event(1, TaskEventKind.Submitted), Event(1, TaskEventKind.Dispatched), Event(2, TaskEventKind.Submitted), Event(1, TaskEventKind.Recorded), Event(1, TaskEventKind.Submitted)]);
        var (other, task) = (await stream.ReadBlockAsync(), await stream.ReadBlockAsync());

        Assert.Equal(("event: task", """data: {"kind":"submitted","id":"01900000-0000-7000-8000-000000000002","queue":"mail","node":"alpha","attempt":1}"""), (other[0], other[2]));
        Assert.StartsWith("id: ", other[1], StringComparison.Ordinal);
        Assert.StartsWith("id: ", task[1], StringComparison.Ordinal);
        Assert.Equal("""data: {"kind":"recorded","id":"01900000-0000-7000-8000-000000000001","queue":"mail","node":"alpha","attempt":1,"state":"succeeded"}""", task[2]);
    }

    [Fact]
    public async Task Events_ProgressTwice_IsMerged()
    {
        await using var server = await GatewayServer.StartAsync();
        using var stream = await LineStream.OpenAsync(server, "/api/v1/events");
        await stream.ReadBlockAsync();

        server.Live.Publish([Said(1, 50, "half", "a"), Said(1, null, null, "b")]);
        var told = JsonElement.Parse((await stream.ReadBlockAsync())[^1]["data: ".Length..]);

        Assert.Equal("""{"percent":50,"message":"half"}""", told.GetProperty("progress").GetRawText());
        Assert.Equal("""["a","b"]""", told.GetProperty("logs").GetRawText());
    }

    [Theory]
    [InlineData("queue=mail", 1)]
    [InlineData("node=beta", 2)]
    [InlineData("task=01900000-0000-7000-8000-000000000003", 3)]
    public async Task Events_Filtered_TellOnlyWhatPasses(string query, int expected)
    {
        await using var server = await GatewayServer.StartAsync();
        using var stream = await LineStream.OpenAsync(server, $"/api/v1/events?{query}");
        await stream.ReadBlockAsync();

        server.Live.Publish(
        [
            Event(1, TaskEventKind.Submitted), Event(2, TaskEventKind.Submitted) with { Queue = "other", Node = "beta" }, Event(3, TaskEventKind.Submitted) with { Queue = "other" },
        ]);
        var told = await stream.ReadBlockAsync();

        Assert.Equal(Samples.Id(expected).Value, JsonElement.Parse(told[^1]["data: ".Length..]).GetProperty("id").GetGuid());
        Assert.StartsWith("id: ", told[1], StringComparison.Ordinal);
    }

    [Fact]
    public async Task Events_Resumed_BeginWhereTheyEnded()
    {
        await using var server = await GatewayServer.StartAsync();
        string place;
        using (var first = await LineStream.OpenAsync(server, "/api/v1/events"))
        {
            await first.ReadBlockAsync();
            server.Live.Publish([Event(1, TaskEventKind.Submitted)]);
            place = (await first.ReadBlockAsync())[1]["id: ".Length..];
        }

        server.Live.Publish([Event(2, TaskEventKind.Submitted)]);
        using var second = await LineStream.OpenAsync(server, "/api/v1/events", place);
        await second.ReadBlockAsync();
        var told = await second.ReadBlockAsync();

        Assert.Equal("event: task", told[0]);
        Assert.Contains(Samples.Id(2).ToString(), told[^1], StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("0000-7")]
    [InlineData("rubbish")]
    public async Task Events_ResumedFromAnotherLife_SayThatSomeWereMissed(string place)
    {
        await using var server = await GatewayServer.StartAsync();
        using var stream = await LineStream.OpenAsync(server, "/api/v1/events", place);

        Assert.Equal([": silo", "retry: 2000"], await stream.ReadBlockAsync());
        var told = await stream.ReadBlockAsync();
        Assert.Equal(["event: missed", "data: {}"], [told[0], told[^1]]);
    }

    [Fact]
    public async Task Events_Quiet_AreKeptAliveByComments()
    {
        var time = new ManualTimeProvider();
        await using var server = await GatewayServer.StartAsync(time: time);
        using var stream = await LineStream.OpenAsync(server, "/api/v1/events");
        await stream.ReadBlockAsync();

        for (var beat = 0; beat < 2; beat++)
        {
            await Await.Within(time.WhenTimersArmedAsync(1), GatewayServer.Limit, "the stream to wait");
            time.Advance(EventStream.HeartbeatInterval);
            Assert.Equal(": still here", (await stream.ReadBlockAsync())[0]);
        }
    }

    [Fact]
    public async Task Events_MoreReadersThanSeats_AreRefusedUntilOneLeaves()
    {
        await using var server = await GatewayServer.StartAsync(new GatewayOptions { EventReadersMax = 1 });
        using (var first = await LineStream.OpenAsync(server, "/api/v1/events"))
        {
            var refusal = await server.GetAsync("/api/v1/events");
            Assert.Equal((503, "too_many_readers", "1"), (refusal.Code, refusal.Problem, refusal.Headers.RetryAfter!.ToString()));
            Assert.Equal("too_many_readers", (await server.GetAsync($"/api/v1/tasks/{Samples.Id(1)}/logs")).Problem);
        }

        server.Client.Tasks[Samples.Id(1)] = new() { Task = Samples.Details(1, StoredState.Succeeded), State = TaskState.Succeeded };
        await Await.Until(async () => (await server.GetAsync($"/api/v1/tasks/{Samples.Id(1)}/logs")).Code == 200, GatewayServer.Limit, "the seat to be free");
    }

    [Fact]
    public async Task Events_ReaderDoesNotRead_IsCutOffAndItsSeatIsFree()
    {
        var time = new ManualTimeProvider();
        await using var server = await GatewayServer.StartAsync(new GatewayOptions { EventReadersMax = 1 }, time: time);
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { ReceiveBufferSize = 4096 };
        await socket.ConnectAsync(server.Address.Host, server.Address.Port);
        await socket.SendAsync("GET /api/v1/events HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n"u8.ToArray());
        await Await.Until(() => Task.FromResult(server.Live.Listening), GatewayServer.Limit, "the reader to be seated");
        Assert.Equal("too_many_readers", (await server.GetAsync("/api/v1/events")).Problem);
        server.Client.Tasks[Samples.Id(1)] = new() { Task = Samples.Details(1, StoredState.Succeeded), State = TaskState.Succeeded };

        var line = new string('x', 4000);
        await Await.Until(
            async () =>
            {
                server.Live.Publish([.. Enumerable.Range(1, 400).Select(task => Said(task, null, null, line, line, line, line))]);
                time.Advance(StreamOutput.StallMax);
                return (await server.GetAsync($"/api/v1/tasks/{Samples.Id(1)}/logs")).Code == 200;
            },
            GatewayServer.Limit,
            "the seat to be free");
    }

    [Fact]
    public async Task Events_ReaderFellBehind_IsToldSoAndGoesOn()
    {
        var time = new ManualTimeProvider();
        await using var server = await GatewayServer.StartAsync(time: time);
        using var stream = await LineStream.OpenAsync(server, "/api/v1/events");
        await stream.ReadBlockAsync();

        // More at once than is kept: what the reader gets first is that it missed some.
        server.Live.Publish([.. Enumerable.Range(1, EventRing.EventsMax + 1).Select(task => Event(task, TaskEventKind.Submitted))]);
        Assert.Equal("event: missed", (await stream.ReadBlockAsync())[0]);
        server.Live.Publish([Event(7, TaskEventKind.Recorded)]);
        await Await.Within(time.WhenTimersArmedAsync(2), GatewayServer.Limit, "feed and stream to wait");
        time.Advance(EventFeed.CoalesceTime);

        Assert.Contains(Samples.Id(7).ToString(), (await stream.ReadBlockAsync())[^1], StringComparison.Ordinal);
    }

    [Fact]
    public async Task Events_ServerStops_End()
    {
        await using var server = await GatewayServer.StartAsync();
        using var stream = await LineStream.OpenAsync(server, "/api/v1/events");
        await stream.ReadBlockAsync();

        var stopping = server.StopAsync();

        Assert.Null(await stream.ReadLineAsync());
        await stopping;
    }

    [Theory]
    [InlineData("queue=a%20b", "bad_name")]
    [InlineData("task=x", "bad_id")]
    [InlineData("kind=recorded", "unknown_field")]
    public async Task Events_WrongFilter_IsRefused(string query, string code)
    {
        await using var server = await GatewayServer.StartAsync();

        Assert.Equal(code, (await server.GetAsync($"/api/v1/events?{query}")).Problem);
    }

    internal static TaskEvent Event(int task, TaskEventKind kind) => new() { Kind = kind, Id = Samples.Id(task), Queue = "mail", Node = "alpha", Attempt = 1, State = StoredState.Succeeded };

    internal static TaskEvent Said(int task, double? percent, string? message, params string[] lines) => Event(task, TaskEventKind.Progress) with
    {
        Progress = new TaskProgress { Id = Samples.Id(task), Attempt = 1, Percent = percent, Message = message, Logs = lines },
    };
}
