namespace Silo.Cli.Ledger;

/// <summary>Everything one worker has written down so far, and what follows from it.</summary>
internal sealed class WorkerLedger(string path)
{
    private readonly LedgerReader _reader = new(path);
    private readonly List<LedgerEntry> _entries = [];
    private readonly Dictionary<Guid, LedgerEntry> _running = [];

    public IReadOnlyList<LedgerEntry> Entries => _entries;

    /// <summary>Started, and by the worker's own word not ended.</summary>
    public IReadOnlyCollection<LedgerEntry> Running => _running.Values;

    /// <summary>Outcomes the server took from it.</summary>
    public int Accepted { get; private set; }

    /// <summary>Outcomes the server refused because the worker's incarnation had ended.</summary>
    public int Fenced { get; private set; }

    /// <summary>Reads on.</summary>
    /// <returns>Whether there was anything new.</returns>
    public bool Update()
    {
        var added = _reader.ReadNew();
        foreach (var entry in added)
        {
            _entries.Add(entry);
            if (entry.Event == LedgerEvent.Started)
            {
                _running[entry.Task] = entry;
            }
            else
            {
                _running.Remove(entry.Task);
            }

            Accepted += entry.IsAcceptedOutcome ? 1 : 0;
            Fenced += entry.Answer == Core.Tasks.OutcomeAnswer.Fenced ? 1 : 0;
        }

        return added.Count > 0;
    }
}
