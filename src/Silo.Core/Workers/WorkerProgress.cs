using Silo.Core.Engine;
using Silo.Core.Tasks;

namespace Silo.Core.Workers;

/// <summary>Gathers what handlers say while they run, from any thread: per task the latest progress and the last log lines since the last sending, in bounded
/// memory: what is too much is dropped, and lines that were are counted.</summary>
internal sealed class WorkerProgress
{
    private readonly Lock _lock = new();
    private readonly Dictionary<HeldAttempt, Pending> _pending = [];
    private int _characters;

    /// <summary>Set when there is something to send.</summary>
    public WorkerSignal Ready { get; } = new();

    public void Report(HeldAttempt attempt, double percent, string? message)
    {
        ArgumentOutOfRangeException.ThrowIfEqual(double.IsNaN(percent), true, nameof(percent));
        var fitted = message is null ? null : WorkerText.Fit(message, WorkerLimits.LogLineLengthMax);
        lock (_lock)
        {
            if (Find(attempt) is not { } pending)
                return;
            _characters -= pending.Message?.Length ?? 0;
            pending.Percent = Math.Clamp(percent, 0, 100);
            pending.Message = _characters + (fitted?.Length ?? 0) <= WorkerLimits.ProgressCharactersMax ? fitted : null;
            _characters += pending.Message?.Length ?? 0;
        }

        Ready.Set();
    }

    public void Log(HeldAttempt attempt, string line)
    {
        var fitted = WorkerText.Fit(line, WorkerLimits.LogLineLengthMax);
        lock (_lock)
        {
            if (Find(attempt) is not { } pending)
                return;
            _characters -= pending.Lines.Characters;
            pending.Lines.Add(fitted);
            // Its own lines make room, so that one task that says much does not silence the others.
            while (_characters + pending.Lines.Characters > WorkerLimits.ProgressCharactersMax && pending.Lines.DropOldest())
                continue;
            _characters += pending.Lines.Characters;
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
            {
                items.Add(new TaskProgress
                {
                    Id = attempt.Id,
                    Attempt = attempt.Attempt,
                    Percent = said.Percent,
                    Message = said.Message,
                    Logs = said.Lines.Lines,
                    LogsDropped = said.Lines.Dropped,
                });
            }

            _pending.Clear();
            _characters = 0;
            return items;
        }
    }

    /// <returns>Null when as many attempts as may wait do so.</returns>
    private Pending? Find(HeldAttempt attempt)
    {
        if (_pending.TryGetValue(attempt, out var pending))
            return pending;
        if (_pending.Count == WorkerLimits.ProgressItemsMax)
            return null;
        _pending.Add(attempt, pending = new Pending());
        return pending;
    }

    private sealed class Pending
    {
        public double? Percent { get; set; }

        public string? Message { get; set; }

        public LogTail Lines { get; } = new();
    }
}
