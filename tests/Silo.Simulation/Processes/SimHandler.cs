using Silo.Core.Handlers;
using Silo.Simulation.Checks;
using Silo.Simulation.Kernel;
using Silo.Simulation.Workload;

namespace Silo.Simulation.Processes;

/// <summary>A handler that does what its task's script says, in simulated time, and lets every start and end be judged.</summary>
internal sealed class SimHandler(string type, SimWorker worker, SimProcess process, ExecutionLedger ledger, TaskBook book) : IHandlerRunner
{
    public string Type => type;

    public PayloadProblem? Check(ReadOnlyMemory<byte> payload) => null;

    public async ValueTask<ReadOnlyMemory<byte>> RunAsync(ReadOnlyMemory<byte> payload, TaskContext context, CancellationToken cancellationToken)
    {
        var script = book.Find(context.Id);
        var execution = ledger.Start(worker, context, payload, script);
        if (script is null)
        {
            return default;
        }

        try
        {
            await RunAsync(script, context, cancellationToken);
            return payload;
        }
        finally
        {
            ledger.End(execution);
        }
    }

    private async Task RunAsync(TaskScript script, TaskContext context, CancellationToken cancellationToken)
    {
        switch (script.Behaviour)
        {
            case Behaviour.Hang:
                await Task.Delay(Timeout.InfiniteTimeSpan, process.Clock, cancellationToken);
                break;
            case Behaviour.IgnoreCancellation:
                await Task.Delay(script.Duration, process.Clock, CancellationToken.None);
                break;
            case Behaviour.CrashNode:
                await Task.Delay(script.Duration, process.Clock, cancellationToken);
                worker.Crash($"task {context.Id}");
                break;
            default:
                await RunQuickAsync(script, context, cancellationToken);
                break;
        }
    }

    private async Task RunQuickAsync(TaskScript script, TaskContext context, CancellationToken cancellationToken)
    {
        if (script.Duration > TimeSpan.Zero)
        {
            await Task.Delay(script.Duration, process.Clock, cancellationToken);
            context.ReportProgress(50);
        }

        if (script.Behaviour == Behaviour.Fail || (script.Behaviour == Behaviour.FailOnce && context.Attempt == 1))
        {
            throw new TaskFailedException("scripted", "The script says so.", retry: true);
        }

        if (script.Behaviour == Behaviour.FailForGood)
        {
            throw new TaskFailedException("scripted", "The script says so.", retry: false);
        }
    }
}
