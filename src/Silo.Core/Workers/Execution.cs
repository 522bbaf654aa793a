using System.Diagnostics.CodeAnalysis;
using Silo.Core.Engine;
using Silo.Core.Handlers;
using Silo.Core.Tasks;

namespace Silo.Core.Workers;

/// <summary>Why a handler was told to stop; a later value outweighs an earlier one.</summary>
internal enum StopCause
{
    None,

    /// <summary>The worker stops: the task is given back.</summary>
    Release,

    Cancel,
}

/// <summary>One run of a handler.</summary>
/// <param name="returned">Told once the handler has returned, on whatever thread that was.</param>
[SuppressMessage("Design", "CA1001", Justification = "Its token source has no timer and no handle, and a late stop may still reach it after the run.")]
internal sealed class Execution(WorkItem item, IHandlerRunner? runner, TaskContext context, TimeSpan startedAt, long sequence, Action<Execution> returned)
{
    private readonly CancellationTokenSource _stop = new();

    public WorkItem Item { get; } = item;

    public TimeSpan StartedAt { get; } = startedAt;

    /// <summary>When its end is reported whether the handler has returned or not.</summary>
    public TimeSpan Due { get; set; } = startedAt + item.Task.Timeout;

    public TimeSpan TimesOutAt { get; } = startedAt + item.Task.Timeout;

    public long Sequence { get; } = sequence;

    /// <summary>Where it stands among the running ones; negative once its end is reported.</summary>
    public int Place { get; set; } = -1;

    public StopCause Cause { get; set; }

    public bool StopRequested => _stop.IsCancellationRequested;

    /// <summary>What the handler returned.</summary>
    public ReadOnlyMemory<byte> Result { get; private set; }

    /// <summary>What the handler threw.</summary>
    public Exception? Failure { get; private set; }

    /// <summary>Runs the handler and tells of its return. Never throws.</summary>
    public async Task RunAsync()
    {
        try
        {
            Result = await InvokeAsync();
        }
        catch (Exception thrown)
        {
            Failure = thrown;
        }

        returned(this);
    }

    /// <summary>Runs what the handler has registered for this; its exceptions come out here.</summary>
    public void Stop() => _stop.Cancel();

    private ValueTask<ReadOnlyMemory<byte>> InvokeAsync() => runner is null
        ? throw new TaskFailedException("no_handler", $"This node has no handler for task type '{Item.Task.Type}'.", retry: true)
        : runner.RunAsync(Item.Task.Payload, context, _stop.Token);
}

/// <summary>Executions by the time at which their end is due.</summary>
internal sealed class DueOrder : IComparer<Execution>
{
    public static readonly DueOrder Instance = new();

    public int Compare(Execution? x, Execution? y)
    {
        var order = x!.Due.CompareTo(y!.Due);
        return order != 0 ? order : x.Sequence.CompareTo(y.Sequence);
    }
}

/// <summary>What a handler sees of its run.</summary>
internal sealed class WorkerTaskContext(TaskDispatch task, TimeProvider time, WorkerProgress progress) : TaskContext
{
    public override TaskId Id => task.Id;

    public override int Attempt => task.Attempt;

    public override string Queue => task.Queue;

    public override string IdempotencyKey => task.IdempotencyKey ?? task.Id.ToString();

    public override TimeProvider Time => time;

    public override void ReportProgress(double percent, string? message = null) => progress.Report(new HeldAttempt(task.Id, task.Attempt, task.Dispatch), percent, message);

    public override void Log(string line) => progress.Log(new HeldAttempt(task.Id, task.Attempt, task.Dispatch), line);
}
