using Silo.Benchmarks.Servers;
using Silo.Core.Tasks;

namespace Silo.Benchmarks.Throughput;

/// <summary>Submitters that share a number of tasks, each with one call under way, until the last outcome is recorded.</summary>
internal static class SubmitRun
{
    /// <returns>The ids that were acknowledged.</returns>
    public static async Task<IReadOnlyCollection<TaskId>> RunAsync(
        ISubmitter submitter, RunRecorder recorder, int tasks, int clients, int batchTasks, CancellationToken cancellationToken)
    {
        var acknowledged = new List<TaskId>(tasks);
        var recorded = recorder.RecordedAsync(recorder.Outcomes.Count + tasks);
        var shares = Enumerable.Range(0, clients).Select(client => (tasks / clients) + (client < tasks % clients ? 1 : 0));
        foreach (var ids in await Task.WhenAll(shares.Select(share => Task.Run(() => submitter.SubmitAsync(share, batchTasks, cancellationToken), cancellationToken))))
        {
            acknowledged.AddRange(ids);
        }

        await recorded.WaitAsync(cancellationToken);
        return acknowledged;
    }
}
