using Silo.Benchmarks.Measuring;
using Silo.Benchmarks.Servers;
using Silo.Benchmarks.Throughput;
using Silo.Core.Queues;
using Silo.Core.Tasks;

namespace Silo.Benchmarks.Memory;

/// <summary>One server before and after so many tasks wait in it; all of them run at the end.</summary>
/// <param name="BaseMebibytes">Resident memory of a server that has run some tasks, after a collection.</param>
/// <param name="AddedMebibytes">What the waiting tasks add, after a collection.</param>
/// <param name="AddedUncollectedMebibytes">The same before that collection.</param>
/// <param name="AddedManagedMebibytes">Of it, what the garbage collector knows.</param>
internal sealed record MemoryRound(
    double BaseMebibytes, double AddedMebibytes, double AddedUncollectedMebibytes, double AddedManagedMebibytes, Ledger Ledger)
{
    private const int FirstTasks = 5000;
    private const int Slots = 16;

    public static async Task<MemoryRound> RunAsync(MemoryOptions options, CancellationToken cancellationToken)
    {
        var firstTasks = Math.Min(FirstTasks, options.Tasks);
        var total = firstTasks + options.Tasks;
        await using var server = await BenchServer.StartAsync(Slots, total, cancellationToken);
        using var submitter = new InProcessSubmitter(server.Client, Payloads.OfBytes(options.PayloadBytes));
        var acknowledged = new List<TaskId>(total);
        var recorded = server.Recorder.RecordedAsync(firstTasks);
        acknowledged.AddRange(await submitter.SubmitAsync(firstTasks, options.BatchTasks, cancellationToken));
        await recorded.WaitAsync(cancellationToken);

        await server.Client.SetQueueAsync(new QueueSettings { Name = QueueSettings.DefaultName, Paused = true }, cancellationToken);
        var before = ProcessMemory.ReadCollected();
        acknowledged.AddRange(await submitter.SubmitAsync(options.Tasks, options.BatchTasks, cancellationToken));
        var uncollected = ProcessMemory.Read();
        var after = ProcessMemory.ReadCollected();

        recorded = server.Recorder.RecordedAsync(total);
        await server.Client.SetQueueAsync(new QueueSettings { Name = QueueSettings.DefaultName }, cancellationToken);
        await recorded.WaitAsync(cancellationToken);
        return new MemoryRound(
            Math.Round(before.Resident, 1),
            Math.Round(after.Resident - before.Resident, 1),
            Math.Round(uncollected.Resident - before.Resident, 1),
            Math.Round(after.Managed - before.Managed, 1),
            await server.StopAndAuditAsync(acknowledged, options.PayloadBytes));
    }
}
