using Silo.Core.Engine;
using Silo.Core.Nodes;
using Silo.Core.Queues;
using Silo.Gateway.Tests.Hosting;

namespace Silo.Gateway.Tests.Scaling;

public sealed class ScalingTests
{
    [Fact]
    public async Task Scaling_TwoQueuesOnTwoNodes_DividesTheDueWorkByTheSlots()
    {
        await using var server = await GatewayServer.StartAsync();
        server.Client.Snapshot = Snapshot([Queue("mail", ready: 3, onNodes: 2), Queue("default", ready: 1, onNodes: 0, more: true)], Node(), Node());

        Assert.Equal(
            """{"ready":4,"running":2,"moreReady":true,"slots":8,"load":0.75,"queues":[{"name":"default","ready":1,"running":0,"moreReady":true,"load":0.125},{"name":"mail","ready":3,"running":2,"moreReady":false,"load":0.625}]}""",
            (await server.GetAsync("/api/v1/scaling")).Text);
    }

    [Fact]
    public async Task Scaling_NodesThatTakeNoWork_LendNoSlots()
    {
        var node = Node();
        await using var server = await GatewayServer.StartAsync();
        server.Client.Snapshot = Snapshot(
            [Queue("default", ready: 2, onNodes: 2)],
            node,
            node with { Draining = true },
            node with { Alive = false },
            node with { Registration = node.Registration with { Tier = NodeTier.Fallback } });

        Assert.Equal((4, 1), await SlotsAndLoadAsync(server));
    }

    [Theory]
    [InlineData(false, null, 2.5)]
    [InlineData(true, null, 0.5)]
    [InlineData(false, 6, 1.5)]
    [InlineData(false, 1, 0.5)]
    [InlineData(true, 6, 0.5)]
    public async Task Scaling_QueueThatMoreSlotsWouldNotHelp_WeighsWithWhatItCanUse(bool paused, int? concurrencyMax, double load)
    {
        var queue = Queue("default", ready: 8, onNodes: 2);
        await using var server = await GatewayServer.StartAsync();
        server.Client.Snapshot = Snapshot([queue with { Settings = queue.Settings with { Paused = paused, ConcurrencyMax = concurrencyMax } }], Node());

        Assert.Equal((4, load), await SlotsAndLoadAsync(server));
    }

    [Fact]
    public async Task Scaling_NoSlots_DividesByOne()
    {
        await using var server = await GatewayServer.StartAsync();
        server.Client.Snapshot = Snapshot([Queue("default", ready: 7, onNodes: 0)]);

        Assert.Equal((0, 7), await SlotsAndLoadAsync(server));
    }

    [Theory]
    [InlineData(0, false)]
    [InlineData(4, true)]
    public async Task Scaling_SchedulerStarts_IsNotReadyRatherThanZero(long epoch, bool takingOver)
    {
        await using var server = await GatewayServer.StartAsync();
        server.Client.Snapshot = server.Client.Snapshot with { Epoch = epoch, TakingOver = takingOver };

        var answer = await server.GetAsync("/api/v1/scaling");

        Assert.Equal((503, "not_ready"), (answer.Code, answer.Problem));
    }

    private static async Task<(int Slots, double Load)> SlotsAndLoadAsync(GatewayServer server)
    {
        var answer = (await server.GetAsync("/api/v1/scaling")).Json;
        return (answer.GetProperty("slots").GetInt32(), answer.GetProperty("load").GetDouble());
    }

    private static SchedulerSnapshot Snapshot(IReadOnlyList<QueueSnapshot> queues, params NodeSnapshot[] nodes) =>
        Samples.Snapshot() with { Queues = queues, Nodes = nodes };

    private static QueueSnapshot Queue(string name, int ready, int onNodes, bool more = false) =>
        new(new QueueSettings { Name = name }, InMemory: ready + 5, onNodes, more) { Ready = ready };

    private static NodeSnapshot Node()
    {
        var node = Samples.Node("alpha", alive: true);
        return node with { Registration = node.Registration with { Tier = NodeTier.Primary } };
    }
}
