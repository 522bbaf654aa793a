using Silo.Cli.Ledger;
using Silo.Cli.Processes;

namespace Silo.Cli.Demo.Cluster;

/// <summary>What a demo's worker is started with.</summary>
internal readonly record struct WorkerShape(string Name, int Slots, int Weight);

internal enum WorkerCondition
{
    Alive,
    Killed,
    Stopped,
    Frozen,
    Thawed,
}

/// <summary>A worker process of a demo, with its ledger.</summary>
internal sealed class DemoWorker(WorkerShape shape, SiloProcess process, string ledgerPath) : IAsyncDisposable
{
    public WorkerShape Shape => shape;

    public string Name => shape.Name;

    /// <summary>Name of its process, which has files of that name; another one after a restart.</summary>
    public string Process => process.Name;

    public int ProcessId => process.Id;

    public WorkerLedger Ledger { get; } = new(ledgerPath);

    public WorkerCondition Condition { get; private set; }

    public bool HasExited => process.HasExited;

    /// <param name="epoch">Of the scheduler in this process, when it has one.</param>
    /// <returns>The moment just before the signal, by the clock the ledgers use.</returns>
    public WorkerLoss Kill(long? epoch)
    {
        var loss = new WorkerLoss(ProcessId, MonotonicClock.NowMicroseconds(), epoch);
        process.Kill();
        Condition = WorkerCondition.Killed;
        return loss;
    }

    /// <inheritdoc cref="Kill"/>
    public WorkerLoss Freeze(long? epoch)
    {
        var loss = new WorkerLoss(ProcessId, MonotonicClock.NowMicroseconds(), epoch);
        process.Freeze();
        Condition = WorkerCondition.Frozen;
        return loss;
    }

    /// <summary>Asks it to leave in order.</summary>
    public void Terminate()
    {
        process.Terminate();
        Condition = WorkerCondition.Stopped;
    }

    /// <returns>The exit code.</returns>
    public Task<int> WaitForExitAsync(CancellationToken cancellationToken) => process.WaitForExitAsync(cancellationToken);

    public void Thaw()
    {
        process.Thaw();
        Condition = WorkerCondition.Thawed;
    }

    public ValueTask DisposeAsync() => process.DisposeAsync();
}
