using Silo.Core.Tasks;

namespace Silo.Cli.Ledger;

/// <summary>What the server says of a task at the end.</summary>
/// <param name="Id">The task.</param>
/// <param name="State">Its state.</param>
/// <param name="Node">The node whose outcome was recorded.</param>
internal readonly record struct ListedTask(Guid Id, TaskState State, string? Node);

/// <summary>The moment a worker was killed or frozen.</summary>
/// <param name="Process">The worker's process id.</param>
/// <param name="MonotonicMicroseconds">Read from the machine's monotonic clock just before the signal was sent.</param>
/// <param name="Epoch">Of the scheduler that was lost with it; null when it was none.</param>
internal readonly record struct WorkerLoss(int Process, long MonotonicMicroseconds, long? Epoch = null);

/// <summary>What was seen from outside of Silo, in a run that is over.</summary>
/// <param name="Acknowledged">Ids of the submits that were answered.</param>
/// <param name="Entries">The ledgers of all workers.</param>
/// <param name="Listing">The server's listing after the run; may hold other tasks too.</param>
/// <param name="Loss">The worker that was taken away, when one was.</param>
internal sealed record Evidence(
    IReadOnlyCollection<Guid> Acknowledged,
    IReadOnlyCollection<LedgerEntry> Entries,
    IReadOnlyCollection<ListedTask> Listing,
    WorkerLoss? Loss);

/// <summary>The verdict over a run.</summary>
internal sealed record AuditVerdict
{
    /// <summary>Tasks whose submit was acknowledged.</summary>
    public required int Tasks { get; init; }

    public required int Succeeded { get; init; }

    /// <summary>Acknowledged, and not in the listing or not ended there.</summary>
    public required int Lost { get; init; }

    /// <summary>Outcomes beyond the first of each task: accepted twice, listed twice, or listed otherwise than accepted.</summary>
    public required int DuplicateOutcomes { get; init; }

    /// <summary>Tasks that the lost worker had started and not recorded and that another worker started after the loss.</summary>
    public required int Rerun { get; init; }

    /// <summary>From the loss to the start elsewhere of the last of them; zero when there is none.</summary>
    public required double RerunSecondsMax { get; init; }

    /// <summary>From the loss of the scheduler's process to the first start of a task that a later epoch has dispatched; null when no scheduler was lost, or none followed.</summary>
    public double? SchedulerFailoverSeconds { get; init; }

    /// <summary>Outcomes that the server refused because their node's incarnation had been declared dead.</summary>
    public required int Fenced { get; init; }

    /// <summary>Everything that must not be, one sentence each; empty for a run in which all promises were kept.</summary>
    public required IReadOnlyList<string> Problems { get; init; }
}

/// <summary>Judges a run by evidence from outside of Silo: acknowledged ids, the workers' own ledgers, and the final listing.</summary>
internal static class LedgerAudit
{
    public static AuditVerdict Judge(Evidence evidence)
    {
        var problems = new List<string>();
        var listed = evidence.Listing.ToLookup(task => task.Id);
        var entries = evidence.Entries.ToLookup(entry => entry.Task);
        var acknowledged = evidence.Acknowledged.ToHashSet();
        var succeeded = 0;
        var lost = 0;
        var duplicates = 0;
        foreach (var id in acknowledged)
        {
            var rows = listed[id].ToList();
            duplicates += ExtraOutcomes(id, rows, entries[id], problems);
            if (rows.Count == 0 || rows.Exists(row => !row.State.IsTerminal()))
            {
                lost++;
                problems.Add(rows.Count == 0 ? $"{id} was acknowledged and is not listed." : $"{id} was acknowledged and is still {Name(rows[0].State)}.");
                continue;
            }

            if (rows[0].State == TaskState.Succeeded)
            {
                succeeded++;
                AddIfNeverStarted(rows[0], entries[id], problems);
            }
            else
            {
                problems.Add($"{id} ended as {Name(rows[0].State)}.");
            }
        }

        var reruns = evidence.Loss is { } loss ? Reruns(loss, acknowledged, entries, listed, problems) : [];
        var failover = evidence.Loss is { Epoch: { } epoch, MonotonicMicroseconds: var lostAt } ? Failover(lostAt, epoch, evidence.Entries, problems) : null;
        return new AuditVerdict
        {
            Tasks = acknowledged.Count,
            Succeeded = succeeded,
            Lost = lost,
            DuplicateOutcomes = duplicates,
            Rerun = reruns.Count,
            RerunSecondsMax = reruns.DefaultIfEmpty().Max() / 1e6,
            SchedulerFailoverSeconds = failover / 1e6,
            Fenced = evidence.Entries.Count(entry => entry.Answer == OutcomeAnswer.Fenced),
            Problems = problems,
        };
    }

    /// <summary>A lost answer leaves no accepted entry, so none is no fault; a listing that disagrees with what was accepted is a second outcome.</summary>
    private static int ExtraOutcomes(Guid id, List<ListedTask> rows, IEnumerable<LedgerEntry> entries, List<string> problems)
    {
        var accepted = entries.Where(entry => entry.IsAcceptedOutcome).ToList();
        var contradicted = accepted.Count > 0
            ? rows.Count(row => !accepted.Exists(entry => Name(entry.State!.Value) == Name(row.State) && entry.Node == row.Node))
            : Math.Max(0, rows.Count - 1);
        var extra = Math.Max(0, accepted.Count - 1) + contradicted;
        if (extra > 0)
        {
            problems.Add(
                $"{id} has {extra + 1} outcomes: accepted from {Join(accepted.Select(entry => $"{entry.Node} as {Name(entry.State!.Value)}"))}; "
                + $"listed from {Join(rows.Select(row => $"{row.Node ?? "no node"} as {Name(row.State)}"))}.");
        }

        return extra;
    }

    private static void AddIfNeverStarted(ListedTask row, IEnumerable<LedgerEntry> entries, List<string> problems)
    {
        if (!entries.Any(entry => entry.Event == LedgerEvent.Started && entry.Node == row.Node))
        {
            problems.Add($"{row.Id} succeeded on {row.Node ?? "no node"}, where no worker has started it.");
        }
    }

    /// <returns>For every task that ran again elsewhere, how many microseconds after the loss it started there.</returns>
    private static List<long> Reruns(
        WorkerLoss loss,
        IEnumerable<Guid> acknowledged,
        ILookup<Guid, LedgerEntry> entries,
        ILookup<Guid, ListedTask> listed,
        List<string> problems)
    {
        var reruns = new List<long>();
        foreach (var id in acknowledged.Where(id => HeldAt(loss, entries[id]) is not null))
        {
            var delays = entries[id]
                .Where(entry => entry.Event == LedgerEvent.Started && entry.Process != loss.Process)
                .Select(entry => entry.MonotonicMicroseconds - loss.MonotonicMicroseconds)
                .Where(delay => delay >= 0)
                .ToList();
            if (delays.Count > 0)
            {
                reruns.Add(delays.Min());
            }
            else if (!listed[id].Any(row => row.Node == HeldAt(loss, entries[id])))
            {
                // A row that names the lost worker's node means that its outcome was recorded and only the answer was lost.
                problems.Add($"{id} was started and not recorded by the lost worker, and did not start elsewhere.");
            }
        }

        return reruns;
    }

    /// <returns>How many microseconds after the loss of a scheduler the first task of a later one started.</returns>
    private static long? Failover(long lostAt, long epoch, IEnumerable<LedgerEntry> entries, List<string> problems)
    {
        var starts = entries.Where(entry => entry.Event == LedgerEvent.Started && entry.Epoch > epoch).Select(entry => entry.MonotonicMicroseconds - lostAt).ToList();
        if (starts.Count == 0)
        {
            problems.Add($"The scheduler of epoch {epoch} was lost, and no task started that a later epoch has dispatched.");
            return null;
        }

        return starts.Min();
    }

    /// <returns>The node of the lost worker, when it had started the task before the loss and never recorded it.</returns>
    private static string? HeldAt(WorkerLoss loss, IEnumerable<LedgerEntry> entries)
    {
        var own = entries.Where(entry => entry.Process == loss.Process).ToList();
        var started = own.Find(entry => entry.Event == LedgerEvent.Started && entry.MonotonicMicroseconds <= loss.MonotonicMicroseconds);
        var recorded = own.Exists(entry => entry.Answer == OutcomeAnswer.Recorded);
        var answeredBefore = own.Exists(entry => entry.Answer is not null && entry.MonotonicMicroseconds <= loss.MonotonicMicroseconds);
        return started is not null && !recorded && !answeredBefore ? started.Node : null;
    }

    private static string Name(Enum state) => state.ToString().ToLowerInvariant();

    private static string Join(IEnumerable<string> parts) => string.Join(", ", parts.DefaultIfEmpty("nobody"));
}
