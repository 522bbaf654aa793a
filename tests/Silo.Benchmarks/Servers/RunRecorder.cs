using Silo.Core.Engine;
using Silo.Core.Tasks;
using Silo.Core.Workers;

namespace Silo.Benchmarks.Servers;

/// <summary>Sees every run and every recorded outcome of the worker in this process. The worker calls it one turn at a time.</summary>
internal sealed class RunRecorder : IExecutionObserver
{
    private readonly List<TaskId> _runs;
    private readonly List<TaskId> _outcomes;
    private readonly Lock _gate = new();
    private TaskCompletionSource? _reached;
    private int _awaited;

    /// <param name="tasks">How many to have room for from the start, so that growing does not count as the engine's work or memory.</param>
    public RunRecorder(int tasks) => (_runs, _outcomes) = (new List<TaskId>(tasks), new List<TaskId>(tasks));

    public IReadOnlyCollection<TaskId> Runs => _runs;

    public IReadOnlyCollection<TaskId> Outcomes => _outcomes;

    /// <summary>How many outcomes are recorded; from any thread.</summary>
    public int OutcomeCount
    {
        get
        {
            lock (_gate)
            {
                return _outcomes.Count;
            }
        }
    }

    /// <summary>When the latest handler began, as a timestamp of the stopwatch; written by the handler itself.</summary>
    public long LatestStart { get; set; }

    /// <summary>Completes when so many outcomes, counted from the beginning, are recorded.</summary>
    public Task RecordedAsync(int outcomes)
    {
        lock (_gate)
        {
            if (_outcomes.Count >= outcomes)
            {
                return Task.CompletedTask;
            }

            _awaited = outcomes;
            _reached = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            return _reached.Task;
        }
    }

    public void Started(TaskDispatch task) => _runs.Add(task.Id);

    public void Ended(TaskDispatch task, ExecutionReport report)
    {
        // What counts is the recorded outcome.
    }

    public void Answered(RecordedOutcome answer)
    {
        if (answer.Answer != OutcomeAnswer.Recorded)
        {
            return;
        }

        lock (_gate)
        {
            _outcomes.Add(answer.Id);
            if (_outcomes.Count == _awaited)
            {
                _reached!.TrySetResult();
            }
        }
    }
}
