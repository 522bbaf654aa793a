using Silo.Core.Handlers;
using Silo.Core.Tasks;

namespace Silo.Benchmarks.Stages;

/// <summary>What a handler sees when it is run outside of any worker.</summary>
internal sealed class StageContext(TaskSpec task) : TaskContext
{
    public override TaskId Id => task.Id;

    public override int Attempt => 1;

    public override string Queue => task.Queue;

    public override string IdempotencyKey => task.Id.ToString();

    public override TimeProvider Time => TimeProvider.System;

    public override void ReportProgress(double percent, string? message = null)
    {
        // Nobody watches.
    }

    public override void Log(string line)
    {
        // Nobody watches.
    }
}
