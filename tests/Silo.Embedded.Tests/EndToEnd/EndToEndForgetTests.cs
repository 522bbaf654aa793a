using Silo.Core.Engine;
using Silo.Core.Scheduling;
using Silo.Testing;

namespace Silo.Embedded.Tests.EndToEnd;

/// <summary>Nodes that are gone leave the list, and their numbers are never given again.</summary>
public sealed class EndToEndForgetTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly Executions _executions = new();
    private readonly ManualTimeProvider _clock = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Forget_NodeThatLives_IsRefused()
    {
        await using var silo = await StartAsync(new SchedulerOptions());
        await silo.JoinAsync("node-a", slots: 1);

        Assert.Equal(ForgetNodeStatus.Alive, (await silo.Client.ForgetNodeAsync("node-a", default)).Status);
        Assert.Equal(ForgetNodeStatus.UnknownNode, (await silo.Client.ForgetNodeAsync("node-b", default)).Status);
        Assert.True((await NodesAsync(silo))["node-a"].Alive);
    }

    [Fact]
    public async Task Forget_NodeThatDied_ComesBackAsANewOneAboveItsOldNumber()
    {
        await using var silo = await StartAsync(new SchedulerOptions());
        var killed = await silo.JoinAsync("node-a", slots: 1);
        var first = (await NodesAsync(silo))["node-a"].Incarnation;
        await silo.Client.DrainNodeAsync("node-a", draining: true, default);
        await silo.KillAsync(killed);
        await silo.UntilAsync(async () => !(await NodesAsync(silo))["node-a"].Alive, "the node to be declared dead");
        Assert.NotNull((await NodesAsync(silo))["node-a"].EndedAt);

        Assert.Equal(ForgetNodeStatus.Forgotten, (await silo.Client.ForgetNodeAsync("node-a", default)).Status);
        Assert.Empty(await NodesAsync(silo));
        Assert.Equal(ForgetNodeStatus.UnknownNode, (await silo.Client.ForgetNodeAsync("node-a", default)).Status);

        await silo.JoinAsync("node-a", slots: 1);
        var back = (await NodesAsync(silo))["node-a"];
        Assert.True(back.Incarnation > first + 1, $"{back.Incarnation} after {first} and the end of it");
        Assert.False(back.Draining);
    }

    [Fact]
    public async Task Node_ThatNobodyRemoved_IsForgottenAtItsAge()
    {
        await using var silo = await StartAsync(new SchedulerOptions { ForgetNodesAfter = TimeSpan.FromMinutes(2), Sweep = TimeSpan.FromSeconds(5) });
        var killed = await silo.JoinAsync("node-a", slots: 1);
        await silo.JoinAsync("node-b", slots: 1);
        await silo.KillAsync(killed);
        await silo.UntilAsync(async () => !(await NodesAsync(silo))["node-a"].Alive, "the node to be declared dead");
        var ended = (await NodesAsync(silo))["node-a"].EndedAt!.Value;

        await silo.UntilAsync(async () => !(await NodesAsync(silo)).ContainsKey("node-a"), "the node to be forgotten");

        Assert.InRange(silo.Client.Now - ended, TimeSpan.FromMinutes(2), TimeSpan.FromMinutes(3));
        Assert.True((await NodesAsync(silo))["node-b"].Alive);
        Assert.Equal("node-b", Assert.Single(await silo.SchedulerStore.ReadNodesAsync("default", default)).Registration.Name);
    }

    private Task<EmbeddedSilo> StartAsync(SchedulerOptions scheduler) => EmbeddedSilo.StartAsync(_folder.Combine("silo.db"), _executions, _clock, scheduler: scheduler);

    private static async Task<Dictionary<string, NodeSnapshot>> NodesAsync(EmbeddedSilo silo) =>
        (await silo.Client.ReadSnapshotAsync(default)).Nodes.ToDictionary(node => node.Registration.Name);
}
