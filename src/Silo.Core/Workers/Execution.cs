using System.Diagnostics.CodeAnalysis;
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

/// <summary>One run of a handler, and what the handler sees of it.</summary>
[SuppressMessage("Design", "CA1001", Justification = "Its token source has no timer and no handle, and a late stop may still reach it after the run.")]
internal sealed class Execution(WorkItem item, IHandlerRunner? runner, TimeSpan startedAt, long sequence, WorkerExecutions executions) : TaskContext
{
    private readonly CancellationTokenSource _stop = new();

    public WorkItem Item { get; } = item;

    public TimeSpan StartedAt { get; } = startedAt;

    /// <summary>When its end is reported whether the handler has returned or not.</summary>
    public TimeSpan Due { get; set; } = startedAt + item.Task.Timeout;

    public TimeSpan TimesOutAt => StartedAt + Item.Task.Timeout;

    public long Sequence { get; } = sequence;

    /// <summary>Where it stands among the running ones; negative once its end is reported.</summary>
    public int Place { get; set; } = -1;

    public StopCause Cause { get; set; }

    public bool StopRequested => _stop.IsCancellationRequested;

    /// <summary>What the handler returned.</summary>
    public ReadOnlyMemory<byte> Result { get; private set; }

    /// <summary>What the handler threw.</summary>
    public Exception? Failure { get; private set; }

    public override TaskId Id => Item.Task.Id;

    public override int Attempt => Item.Task.Attempt;

    public override string Queue => Item.Task.Queue;

    public override string IdempotencyKey => Item.Task.IdempotencyKey ?? Item.Task.Id.ToString();

    public override TimeProvider Time => executions.Time;

    public override void ReportProgress(double percent, string? message = null) => executions.Progress.Report(Item.Key, percent, message);

    public override void Log(string line) => executions.Progress.Log(Item.Key, line);

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

        executions.OnReturned(this);
    }

    /// <summary>Runs what the handler has registered for this; its exceptions come out here.</summary>
    public void Stop() => _stop.Cancel();

    private ValueTask<ReadOnlyMemory<byte>> InvokeAsync() => runner is null
        ? throw new TaskFailedException("no_handler", $"This node has no handler for task type '{Item.Task.Type}'.", retry: true)
        : runner.RunAsync(Item.Task.Payload, this, _stop.Token);
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
