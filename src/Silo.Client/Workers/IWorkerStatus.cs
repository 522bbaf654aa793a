using Silo.Core.Workers;

namespace Silo.Client.Workers;

/// <summary>The worker of this process, as far as others may look; among the hosted services once <see cref="SiloWorkerRegistration.AddSiloWorker"/> was called.</summary>
public interface IWorkerStatus
{
    /// <summary>What the worker holds, told by a turn of its own: a worker that hangs does not answer.</summary>
    Task<WorkerStatus> ReadStatusAsync();
}
