using Silo.Core.Clients;
using Silo.Core.Nodes;
using Silo.Core.Scheduling;
using Silo.Core.Storage;
using Silo.Core.Workers;

namespace Silo.Embedded;

/// <summary>How actors live in this process.</summary>
public sealed class EmbeddedOptions
{
    /// <summary>Every request and reply is written and read as a cluster would, so that tests find what cannot travel. Default false: objects are handed over as they are.</summary>
    public bool ReencodeCalls { get; init; }

    /// <summary>A task's actor that nobody asked for this long is dropped. Default 60 s.</summary>
    public TimeSpan TaskIdle { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>A node's actor that nobody called for this long is stopped: its worker has been fenced long before. Default 10 minutes.</summary>
    public TimeSpan NodeIdle { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>Task actors at once. At the limit the idle ones are dropped early; when all are busy, further calls are refused. Default 50,000.</summary>
    public int TaskActorsMax { get; init; } = 50_000;

    /// <summary>Node actors at once, with the same answer at the limit. Default 10,000.</summary>
    public int NodeActorsMax { get; init; } = 10_000;

    /// <summary>An actor that takes longer to stop in order is cut off. Default 5 s.</summary>
    public TimeSpan StopTimeout { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>Times and sizes of the scheduler, and the pool of this process.</summary>
    public SchedulerOptions Scheduler { get; init; } = new();

    /// <summary>How the client in this process tells the scheduler of new tasks.</summary>
    public SiloClientOptions Client { get; init; } = new();

    /// <summary>A worker beside the scheduler; null for none, which is the default: then all work is done by workers that join.</summary>
    public WorkerOptions? Worker { get; init; }

    /// <summary>How long finished tasks are kept.</summary>
    public RetentionOptions Retention { get; init; } = new();

    internal void Validate()
    {
        List<string> problems = [];
        RequireAbove(TaskIdle, nameof(TaskIdle));
        RequireAbove(NodeIdle, nameof(NodeIdle), NodeLimits.Lease * 2);
        RequireAbove(StopTimeout, nameof(StopTimeout));
        RequireAtLeastOne(TaskActorsMax, nameof(TaskActorsMax));
        RequireAtLeastOne(NodeActorsMax, nameof(NodeActorsMax));
        if (Client.Pool != Scheduler.Pool)
        {
            problems.Add($"the client's pool '{Client.Pool}' is not the scheduler's '{Scheduler.Pool}': give both the same");
        }

        problems.AddRange(Worker?.Validate() ?? []);
        problems.AddRange(Retention.Validate());
        if (problems.Count > 0)
        {
            throw new ArgumentException($"The embedded engine's settings are wrong: {string.Join("; ", problems)}.");
        }

        void RequireAbove(TimeSpan value, string name, TimeSpan least = default)
        {
            if (value <= least)
            {
                problems.Add($"{name} is {value}: more than {least} was expected");
            }
        }

        void RequireAtLeastOne(int value, string name)
        {
            if (value < 1)
            {
                problems.Add($"{name} is {value}: at least 1 was expected");
            }
        }
    }
}
