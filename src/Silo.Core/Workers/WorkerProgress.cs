using Silo.Core.Engine;

namespace Silo.Core.Workers;

/// <summary>Gathers what handlers say while they run, from any thread: per task the latest progress and the last log lines since the last sending.</summary>
internal sealed class WorkerProgress
{
    private readonly Lock _lock = new();
    private readonly Dictionary<HeldAttempt, Pending> _pending = [];

    /// <summary>Set when there is something to send.</summary>
    public WorkerSignal Ready { get; } = new();

    public void Report(HeldAttempt attempt, double percent, string? message)
    {
        ArgumentOutOfRangeException.ThrowIfEqual(double.IsNaN(percent), true, nameof(percent));
        lock (_lock)
        {
            var pending = Find(attempt);
            pending.Percent = Math.Clamp(percent, 0, 100);
            pending.Message = message is null ? null : WorkerText.Fit(message, WorkerLimits.LogLineLengthMax);
        }

        Ready.Set();
    }

    public void Log(HeldAttempt attempt, string line)
    {
        var fitted = WorkerText.Fit(line, WorkerLimits.LogLineLengthMax);
        lock (_lock)
        {
            var lines = Find(attempt).Lines;
            if (lines.Count == WorkerLimits.LogLinesMax)
                lines.Dequeue();
            lines.Enqueue(fitted);
        }

        Ready.Set();
    }

    /// <summary>Everything said since the last call.</summary>
    public IReadOnlyList<TaskProgress> Take()
    {
        lock (_lock)
        {
            if (_pending.Count == 0)
                return [];
            var items = new List<TaskProgress>(_pending.Count);
            foreach (var (attempt, said) in _pending)
                items.Add(new TaskProgress { Id = attempt.Id, Attempt = attempt.Attempt, Percent = said.Percent, Message = said.Message, Logs = [.. said.Lines] });
            _pending.Clear();
            return items;
        }
    }

    private Pending Find(HeldAttempt attempt)
    {
        if (!_pending.TryGetValue(attempt, out var pending))
            _pending.Add(attempt, pending = new Pending());
        return pending;
    }

    private sealed class Pending
    {
        public double? Percent { get; set; }

        public string? Message { get; set; }

        public Queue<string> Lines { get; } = [];
    }
}
