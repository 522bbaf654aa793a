using Silo.Contracts.Scaling;
using Silo.Core.Engine;
using Silo.Core.Nodes;

namespace Silo.Gateway.Scaling;

/// <summary>The scheduler's view as one number per queue.</summary>
internal static class ScalingShown
{
    public static ScalingResponse Of(SchedulerSnapshot snapshot)
    {
        var slots = snapshot.Nodes.Where(TakesWork).Sum(node => node.Registration.Slots);
        return new ScalingResponse
        {
            Ready = snapshot.Queues.Sum(queue => queue.Ready),
            Running = snapshot.Queues.Sum(queue => queue.OnNodes),
            MoreReady = snapshot.Queues.Any(queue => queue.MoreInStore),
            Slots = slots,
            Load = Load(snapshot.Queues.Sum(Wanted), slots),
            Queues =
            [
                .. snapshot.Queues.OrderBy(queue => queue.Settings.Name, StringComparer.Ordinal)
                    .Select(queue => new QueueScaling(queue.Settings.Name, queue.Ready, queue.OnNodes, queue.MoreInStore, Load(Wanted(queue), slots))),
            ],
        };
    }

    /// <summary>A fallback node helps out only while no primary one could, so its slots are none that work can count on.</summary>
    private static bool TakesWork(NodeSnapshot node) => node is { Alive: true, Draining: false, Registration.Tier: NodeTier.Primary };

    /// <summary>The slots that this queue could use at once: adding nodes starts nothing in a paused queue, nor beyond its own limit.</summary>
    private static int Wanted(QueueSnapshot queue)
    {
        var ready = queue.Settings.Paused ? 0 : queue.Ready;
        return queue.Settings.ConcurrencyMax is { } most ? Math.Max(queue.OnNodes, Math.Min(queue.OnNodes + ready, most)) : queue.OnNodes + ready;
    }

    private static double Load(int wanted, int slots) => Math.Round((double)wanted / Math.Max(1, slots), 4);
}
