using Silo.Core.Clients;
using Silo.Core.Scheduling;
using Silo.Core.Storage;
using Silo.Core.Workers;

namespace Silo.Cluster.Hosting;

/// <summary>What one silo of a cluster does.</summary>
public sealed class SiloClusterOptions
{
    /// <summary>Times and sizes of the scheduler, and the pool; equal on all silos.</summary>
    public SchedulerOptions Scheduler { get; init; } = new();

    /// <summary>How this silo tells the scheduler of new tasks.</summary>
    public SiloClientOptions Client { get; init; } = new();

    /// <summary>The node on this silo, named like the silo; null for none, which is the default: then the silo only serves.</summary>
    public WorkerOptions? Worker { get; init; }

    /// <summary>How long finished tasks are kept; equal on all silos.</summary>
    public RetentionOptions Retention { get; init; } = new();

    /// <summary>The longest a silo waits for the answer of another before the call counts as unknown. It is above every wait that a caller may ask for. Default 40 s.</summary>
    public TimeSpan CallTimeout { get; init; } = TimeSpan.FromSeconds(40);

    internal void Validate()
    {
        List<string> problems = [];
        if (Client.Pool != Scheduler.Pool)
        {
            problems.Add($"the client's pool '{Client.Pool}' is not the scheduler's '{Scheduler.Pool}': give both the same");
        }

        if (CallTimeout <= Client.WaitPerCallMax)
        {
            problems.Add($"CallTimeout is {CallTimeout}: more than Client.WaitPerCallMax ({Client.WaitPerCallMax}) was expected, else every long wait ends as unanswered");
        }

        problems.AddRange(Worker?.Validate() ?? []);
        problems.AddRange(Retention.Validate());
        if (problems.Count > 0)
        {
            throw new ArgumentException($"The cluster's settings are wrong: {string.Join("; ", problems)}.");
        }
    }
}
