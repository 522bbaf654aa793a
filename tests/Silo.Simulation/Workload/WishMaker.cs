using Silo.Core.Tasks;
using Silo.Simulation.Kernel;
using Silo.Simulation.Processes;

namespace Silo.Simulation.Workload;

/// <summary>Makes up tasks: mostly short and well-behaved, some of every bad kind.</summary>
internal sealed class WishMaker(SimWorld world, IReadOnlyList<string> nodes)
{
    private static readonly int[] Priorities = [0, 10, 50, 50, 50, 100];
    private static readonly string[] Queues = [SimQueues.Plain, SimQueues.Plain, SimQueues.Weighted, SimQueues.Limited];

    public Wish Next(string? key)
    {
        var behaviour = NextBehaviour();
        return new Wish
        {
            Queue = Pick(Queues),
            Type = Pick(SimSystem.Types),
            Priority = Pick(Priorities),
            Delay = world.Chance(0.25) ? world.Between(TimeSpan.Zero, TimeSpan.FromSeconds(20)) : TimeSpan.Zero,
            Timeout = behaviour == Behaviour.CrashNode ? TimeSpan.FromMinutes(1) : world.Between(TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(12)),
            Retry = new RetryPolicy
            {
                AttemptsMax = 1 + world.Random.Next(3),
                BackoffInitial = world.Between(TimeSpan.FromMilliseconds(5), TimeSpan.FromSeconds(2)),
            },
            Placement = NextPlacement(),
            Payload = NextPayload(),
            Key = key,
            Behaviour = behaviour,
            Duration = NextDuration(behaviour),
        };
    }

    private Behaviour NextBehaviour() => world.Random.Next(100) switch
    {
        < 70 => Behaviour.Succeed,
        < 76 => Behaviour.FailOnce,
        < 80 => Behaviour.Fail,
        < 84 => Behaviour.FailForGood,
        < 88 => Behaviour.Hang,
        < 98 => Behaviour.IgnoreCancellation,
        _ => Behaviour.CrashNode,
    };

    private TimeSpan NextDuration(Behaviour behaviour) => behaviour switch
    {
        Behaviour.CrashNode => world.Between(TimeSpan.FromMilliseconds(100), TimeSpan.FromSeconds(4)),
        Behaviour.IgnoreCancellation => world.Between(TimeSpan.FromSeconds(2), TimeSpan.FromSeconds(25)),
        _ => world.Random.Next(10) switch
        {
            < 2 => TimeSpan.Zero,
            < 6 => world.Skewed(TimeSpan.FromMicroseconds(100), TimeSpan.FromMilliseconds(20)),
            < 9 => world.Skewed(TimeSpan.FromMilliseconds(20), TimeSpan.FromSeconds(2)),
            _ => world.Between(TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(10)),
        },
    };

    private PlacementRule NextPlacement() => world.Random.Next(20) switch
    {
        < 3 => new PlacementRule { RequiredNode = Pick(nodes) },
        3 => new PlacementRule { PreferredNode = Pick(nodes) },
        4 => new PlacementRule { ExcludedNodes = [nodes[0]] },
        5 => new PlacementRule { RequiredLabels = new Dictionary<string, string> { [NodeFleet.RegionLabel] = "west" } },
        _ => PlacementRule.Anywhere,
    };

    private byte[] NextPayload()
    {
        var text = $$"""{"n":{{world.Random.Next(1_000_000)}}}""";
        return System.Text.Encoding.UTF8.GetBytes(text);
    }

    private T Pick<T>(IReadOnlyList<T> choices) => choices[world.Random.Next(choices.Count)];
}
