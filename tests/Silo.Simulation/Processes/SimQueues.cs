using Silo.Core.Queues;
using Silo.Simulation.Kernel;

namespace Silo.Simulation.Processes;

/// <summary>The queues of a run: one with each strategy that matters, one with a limit.</summary>
internal static class SimQueues
{
    public const string Plain = "plain";
    public const string Weighted = "weighted";
    public const string Limited = "limited";

    public static IReadOnlyList<QueueSettings> All(SimWorld world) =>
    [
        new QueueSettings { Name = Plain, Strategy = world.Chance(0.5) ? "least-tasks" : "round-robin" },
        new QueueSettings { Name = Weighted, Strategy = "weighted" },
        new QueueSettings { Name = Limited, Strategy = "random", ConcurrencyMax = 1 + world.Random.Next(3) },
    ];
}
