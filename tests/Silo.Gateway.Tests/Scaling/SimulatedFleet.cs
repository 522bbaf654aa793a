using Silo.Core.Engine;
using Silo.Core.Nodes;
using Silo.Core.Queues;
using Silo.Gateway.Scaling;
using Silo.Gateway.Tests.Hosting;

namespace Silo.Gateway.Tests.Scaling;

/// <summary>Pods of one node each that work off what arrives, in steps of a second, seen by the scheduler and scaled by an autoscaler.</summary>
internal sealed class SimulatedFleet(AutoscalerSettings settings, int seed)
{
    private const int SlotsPerPod = 10;
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan PodStarts = TimeSpan.FromSeconds(40);
    private static readonly TimeSpan TaskRuns = TimeSpan.FromSeconds(4);

    private readonly HorizontalAutoscaler _autoscaler = new(settings);
    private readonly Random _random = new(seed);
    private readonly List<TimeSpan> _pods = [TimeSpan.Zero];
    private readonly List<TimeSpan> _ends = [];
    private int _ready;

    /// <summary>The replicas after each change, the first included.</summary>
    public List<int> Replicas { get; } = [1];

    /// <param name="tasksPerSecond">Arrivals by time; their number varies by half around it.</param>
    public void Run(TimeSpan duration, Func<TimeSpan, double> tasksPerSecond)
    {
        for (var now = TimeSpan.Zero; now < duration; now += Second)
        {
            var slots = SlotsPerPod * _pods.Count(readyAt => readyAt <= now);
            _ends.RemoveAll(end => end <= now);
            _ready += (int)((tasksPerSecond(now) * (0.5 + _random.NextDouble())) + _random.NextDouble());
            for (; _ready > 0 && _ends.Count < slots; _ready--)
            {
                _ends.Add(now + (TaskRuns * (0.5 + _random.NextDouble())));
            }

            if (now.Ticks % HorizontalAutoscaler.Period.Ticks == 0)
            {
                Scale(now, _autoscaler.Decide(now, _pods.Count, ScalingShown.Of(Snapshot(slots)).Load));
            }
        }
    }

    private void Scale(TimeSpan now, int replicas)
    {
        if (replicas == _pods.Count)
        {
            return;
        }

        Replicas.Add(replicas);
        while (_pods.Count < replicas)
        {
            _pods.Add(now + PodStarts);
        }

        // The highest ordinal goes first; what ran there ends within its grace.
        _pods.RemoveRange(replicas, _pods.Count - replicas);
    }

    private SchedulerSnapshot Snapshot(int slots)
    {
        var node = Samples.Node("silo", alive: true);
        return Samples.Snapshot() with
        {
            Queues = [new QueueSnapshot(new QueueSettings { Name = QueueSettings.DefaultName }, _ready, _ends.Count, MoreInStore: false) { Ready = _ready }],
            Nodes = [node with { Registration = node.Registration with { Tier = NodeTier.Primary, Slots = slots } }],
        };
    }
}
