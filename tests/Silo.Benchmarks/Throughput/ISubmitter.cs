using Silo.Core.Tasks;

namespace Silo.Benchmarks.Throughput;

/// <summary>A way into Silo.</summary>
internal interface ISubmitter : IDisposable
{
    /// <summary>Submits echo tasks, one batch after the other.</summary>
    /// <returns>The ids that were acknowledged as stored.</returns>
    Task<List<TaskId>> SubmitAsync(int tasks, int batchTasks, CancellationToken cancellationToken);
}
