namespace Silo.Gateway.Tests.Scaling;

/// <summary>The number that is answered makes Kubernetes' rule follow the work and come to rest.</summary>
public sealed class AutoscalerTests
{
    private static readonly AutoscalerSettings Settings = new(
        ReplicasMin: 1, ReplicasMax: 4, Target: 1, DownWindow: TimeSpan.FromMinutes(5), DownPods: 1, DownPeriod: TimeSpan.FromMinutes(1));

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    public void Load_OverABurst_TakesReplicasUpOnceAndDownOnce(int seed)
    {
        var replicas = AfterABurst(Settings, seed);

        var peak = replicas.LastIndexOf(4);
        Assert.Equal((1, 4, 1), (replicas[0], replicas.Max(), replicas[^1]));
        Assert.Equal(replicas[..(peak + 1)].Order(), replicas[..(peak + 1)]);
        Assert.Equal([4, 3, 2, 1], replicas[peak..]);
    }

    [Fact]
    public void Load_WithoutSlowScaleDown_Flaps()
    {
        var replicas = AfterABurst(Settings with { DownWindow = TimeSpan.Zero, DownPods = 4 }, seed: 1);

        Assert.True(replicas.Count(count => count == 4) > 1, $"The replicas went {string.Join(", ", replicas)}: if they come to rest by themselves, the test on flapping shows nothing.");
    }

    [Theory]
    [InlineData(0, 1, 1)]
    [InlineData(1.05, 2, 2)]
    [InlineData(2.25, 1, 3)]
    [InlineData(40, 1, 4)]
    public void Rule_OneLook_GivesTheReplicasThatTheWorkNeeds(double load, int replicas, int wanted) =>
        Assert.Equal(wanted, new HorizontalAutoscaler(Settings).Decide(TimeSpan.Zero, replicas, load));

    /// <summary>An hour: a trickle, fifteen minutes of nearly four pods' work with lulls, a trickle.</summary>
    private static List<int> AfterABurst(AutoscalerSettings settings, int seed)
    {
        var fleet = new SimulatedFleet(settings, seed);
        fleet.Run(TimeSpan.FromHours(1), now => now.TotalMinutes is < 5 or > 20 ? 0.5 : now.Seconds < 20 ? 2 : 11);
        return fleet.Replicas;
    }
}
