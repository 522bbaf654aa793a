using Silo.Core.Engine;
using Silo.Core.Queues;
using Silo.Core.Storage;
using Silo.Core.Tasks;
using Silo.Gateway.Metrics;
using Silo.Gateway.Tests.Hosting;
using Silo.Testing;

namespace Silo.Gateway.Tests.Metrics;

public sealed class MetricsTests
{
    [Fact]
    public async Task Metrics_OfAServerAtWork_AreTasksQueuesNodesAndTheScheduler()
    {
        await using var server = await GatewayServer.StartAsync();
        server.Client.Counts = [new TaskCount("mail", StoredState.Waiting, 7), new TaskCount("default", StoredState.Waiting, 1), new TaskCount("mail", StoredState.Failed, 2)];
        server.Client.Snapshot = Samples.Snapshot() with { Queues = [new QueueSnapshot(new QueueSettings { Name = "mail", Paused = true }, InMemory: 3, OnNodes: 2, MoreInStore: true) { Ready = 3 }] };

        var metrics = await ReadAsync(server);

        Assert.Equal((8, 2, 0), (metrics["""silo_tasks{state="waiting"}"""], metrics["""silo_tasks{state="failed"}"""], metrics["""silo_tasks{state="succeeded"}"""]));
        Assert.Equal((3, 2), (metrics["""silo_queue_ready{queue="mail"}"""], metrics["""silo_queue_running{queue="mail"}"""]));
        Assert.Equal((1, 1), (metrics["""silo_queue_more_ready{queue="mail"}"""], metrics["""silo_queue_paused{queue="mail"}"""]));
        Assert.Equal((1, 4, 1), (metrics["""silo_node_alive{node="alpha"}"""], metrics["""silo_node_slots{node="alpha"}"""], metrics["""silo_node_running{node="alpha"}"""]));
        Assert.Equal((0, 0.25), (metrics["""silo_node_alive{node="beta"}"""], metrics["""silo_node_silence_seconds{node="alpha"}"""]));
        Assert.Equal((4, 1, 0, 1), (metrics["silo_scheduler_epoch"], metrics["silo_scheduler_acting"], metrics["silo_scheduler_taking_over"], metrics["silo_store_reachable"]));
    }

    [Fact]
    public async Task Metrics_AfterSubmits_CountAnswersAndRefusals()
    {
        await using var server = await GatewayServer.StartAsync();
        await server.PostAsync("/api/v1/tasks", """[{"type":"echo"},{"type":"echo"}]""");
        server.Client.OnInsert = (task, _) => new InsertAnswer(InsertKind.Duplicate, task.Id, 1);
        await server.PostAsync("/api/v1/tasks", """{"type":"echo"}""");
        await server.PostAsync("/api/v1/tasks", """{"type":"ecco"}""");
        await server.PostAsync("/api/v1/tasks", "{");
        await server.SendAsync(Stream("{\"type\":\"echo\"}\n{\"type\":7}\n"));
        server.Client.Failure = () => new StoreUnavailableException("away");
        await server.PostAsync("/api/v1/tasks", """{"type":"echo"}""");

        var metrics = await ReadAsync(server);

        Assert.Equal((2, 2, 0), (Taken("stored"), Taken("duplicate"), Taken("conflict")));
        Assert.Equal((1, 1, 1, 1), (Refused("unknown_type"), Refused("invalid_json"), Refused("wrong_type"), Refused("store_unavailable")));
        double Taken(string answer) => metrics[$$"""silo_submitted_tasks_total{answer="{{answer}}"}"""];
        double Refused(string code) => metrics[$$"""silo_submit_refusals_total{code="{{code}}"}"""];
    }

    [Fact]
    public void Refusals_OfCodesThatHandlersMakeUp_AreOneSeries()
    {
        var totals = new SubmitTotals();
        totals.Refuse("too_blue");
        totals.Refuse("too_green");

        Assert.Equal(new KeyValuePair<string, long>("other", 2), Assert.Single(totals.Refused));
    }

    [Fact]
    public async Task Metrics_StoreAndSchedulerAway_SaySoAndWhatThisProcessKnows()
    {
        await using var server = await GatewayServer.StartAsync();
        server.Client.Failure = () => new StoreUnavailableException("away");
        server.Client.OnSnapshot = () => Task.FromException<SchedulerSnapshot>(new TimeoutException());

        var metrics = await ReadAsync(server);

        Assert.Equal((0, 0), (metrics["silo_store_reachable"], metrics["silo_scheduler_acting"]));
        Assert.InRange(metrics["silo_process_resident_memory_bytes"], 1, double.MaxValue);
        Assert.DoesNotContain(metrics.Types.Keys, name => name is "silo_tasks" or "silo_scheduler_epoch");
    }

    [Fact]
    public async Task Metrics_SchedulerThatHangs_AnswersWithoutIt()
    {
        var time = new ManualTimeProvider();
        await using var server = await GatewayServer.StartAsync(time: time);
        var asked = new TaskCompletionSource();
        var never = new TaskCompletionSource<SchedulerSnapshot>();
        server.Client.OnSnapshot = () =>
        {
            asked.SetResult();
            return never.Task;
        };

        var scrape = ReadAsync(server);
        await Await.Within(asked.Task, GatewayServer.Limit, "the scheduler to be asked");
        time.Advance(MetricsEndpoint.AnswerWithin);

        Assert.Equal((0, 1), ((await scrape)["silo_scheduler_acting"], (await scrape)["silo_store_reachable"]));
    }

    [Theory]
    [InlineData(0, false)]
    [InlineData(4, true)]
    public async Task Metrics_SchedulerStarts_ShowNoQueuesAsEmpty(long epoch, bool takingOver)
    {
        await using var server = await GatewayServer.StartAsync();
        server.Client.Snapshot = server.Client.Snapshot with { Epoch = epoch, TakingOver = takingOver };

        var metrics = await ReadAsync(server);

        Assert.Equal(0, metrics["silo_scheduler_acting"]);
        Assert.DoesNotContain("silo_queue_ready", metrics.Types.Keys);
    }

    [Fact]
    public async Task Metrics_OfAServerThatStandsBy_AskNoScheduler()
    {
        await using var server = await GatewayServer.StartAsync();
        server.Standby.ActiveElsewhere = "another";

        var metrics = await ReadAsync(server);

        Assert.Equal((1, 0), (metrics["silo_standby"], metrics["silo_scheduler_acting"]));
        Assert.Equal(0, server.Client.Snapshots);
    }

    [Fact]
    public async Task Metrics_MoreQueuesAndNodesThanAreShown_CountTheRest()
    {
        await using var server = await GatewayServer.StartAsync();
        server.Client.Snapshot = Samples.Snapshot() with
        {
            Queues = [.. Enumerable.Range(0, ClusterMetrics.QueuesMax + 3).Select(number => new QueueSnapshot(new QueueSettings { Name = $"queue-{number}" }, 0, 0, MoreInStore: false))],
            Nodes = [Samples.Node("a-dead", alive: false), .. Enumerable.Range(0, ClusterMetrics.NodesMax).Select(number => Samples.Node($"node-{number}", alive: true))],
        };

        var metrics = await ReadAsync(server);

        Assert.Equal((3, 1), (metrics["""silo_metrics_left_out{kind="queue"}"""], metrics["""silo_metrics_left_out{kind="node"}"""]));
        Assert.Equal(ClusterMetrics.NodesMax, metrics.Samples.Keys.Count(name => name.StartsWith("silo_node_alive{", StringComparison.Ordinal)));
        Assert.DoesNotContain("""silo_node_alive{node="a-dead"}""", metrics.Samples.Keys);
    }

    [Fact]
    public void Text_LabelWithEveryAwkwardCharacter_IsEscaped()
    {
        var text = new MetricText();
        text.Add(MetricKind.Gauge, "awkward", "A label.", new MetricSample(1, ("label", "a\"b\\c\nd")));

        Assert.Equal("# HELP awkward A label.\n# TYPE awkward gauge\nawkward{label=\"a\\\"b\\\\c\\nd\"} 1\n", text.ToString());
        Assert.Single(new MetricsReading(text.ToString()).Samples);
    }

    [Fact]
    public async Task Metrics_EveryNameAndKind_IsInTheReference()
    {
        await using var server = await GatewayServer.StartAsync();
        await server.PostAsync("/api/v1/tasks", "{");
        var documented = File.ReadLines(Clone.Combine("docs/reference/metrics.md")).Where(line => line.StartsWith("| `silo_", StringComparison.Ordinal))
            .Select(line => line.Split('|', StringSplitOptions.TrimEntries)).ToDictionary(cells => cells[1].Trim('`'), cells => cells[2]);

        var shown = (await ReadAsync(server)).Types;

        // The gateway alone has no nodes whose outcomes it could count.
        Assert.Equal(documented.Where(metric => metric.Key != "silo_outcomes_total").OrderBy(metric => metric.Key, StringComparer.Ordinal), shown.OrderBy(metric => metric.Key, StringComparer.Ordinal));
        Assert.All(shown, metric => Assert.Equal(metric.Value == "counter", metric.Key.EndsWith("_total", StringComparison.Ordinal)));
    }

    private static HttpRequestMessage Stream(string lines)
    {
        var content = new StringContent(lines);
        content.Headers.ContentType = new("application/x-ndjson");
        return new HttpRequestMessage(HttpMethod.Post, "/api/v1/tasks") { Content = content };
    }

    private static async Task<MetricsReading> ReadAsync(GatewayServer server)
    {
        var answer = await server.GetAsync("/metrics");
        Assert.Equal((200, "text/plain"), (answer.Code, answer.ContentType));
        return new MetricsReading(answer.Text);
    }
}
