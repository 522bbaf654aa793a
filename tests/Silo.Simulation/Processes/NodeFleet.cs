using Silo.Core.Nodes;
using Silo.Core.Workers;

namespace Silo.Simulation.Processes;

/// <summary>The workers of a run: a few, unlike each other.</summary>
internal static class NodeFleet
{
    public const int WorkersMin = 2;
    public const int WorkersMax = 5;
    public const string RegionLabel = "region";

    public static IReadOnlyList<SimWorker> Start(SimSystem system)
    {
        var random = system.World.Random;
        var workers = new List<SimWorker>();
        var count = random.Next(WorkersMin, WorkersMax + 1);
        for (var number = 1; number <= count; number++)
        {
            workers.Add(new SimWorker(system, new WorkerOptions
            {
                Name = $"node-{number}",
                Slots = 1 + random.Next(4),
                Weight = system.World.Chance(0.5) ? 1 + random.Next(3) : null,
                Tier = number == WorkersMax ? NodeTier.Fallback : NodeTier.Primary,
                Labels = new Dictionary<string, string> { [RegionLabel] = number % 2 == 0 ? "east" : "west" },
                BeatInterval = system.World.Chance(0.2) ? TimeSpan.FromSeconds(2.5) : NodeLimits.BeatIntervalDefault,
                StopGrace = TimeSpan.FromSeconds(random.Next(1, 6)),
                CancelGrace = TimeSpan.FromSeconds(random.Next(1, 4)),
            }));
        }

        return workers;
    }
}
