using Silo.Core.Tasks;
using Silo.Storage.Sqlite.Sql;

namespace Silo.Benchmarks.Measuring;

/// <summary>What became of the tasks, id by id: kept beside the system under test, and compared with the rows in its file once it has stopped.</summary>
internal sealed record Ledger
{
    public static readonly Ledger Empty = new();

    /// <summary>Ids whose submit was answered as stored.</summary>
    public long Acknowledged { get; init; }

    /// <summary>Rows that were succeeded with the result that was returned.</summary>
    public long Succeeded { get; init; }

    /// <summary>Acknowledged ids without such a row.</summary>
    public long Lost { get; init; }

    /// <summary>Rows of which nobody was told.</summary>
    public long Unknown { get; init; }

    /// <summary>Runs beyond the first of an id.</summary>
    public long DuplicateRuns { get; init; }

    /// <summary>Recorded outcomes beyond the first of an id.</summary>
    public long DuplicateOutcomes { get; init; }

    /// <summary>Nothing lost, nothing invented, one outcome each. A repeated run is allowed, and counted.</summary>
    public bool IsClean => Lost == 0 && Unknown == 0 && DuplicateOutcomes == 0;

    public static Ledger operator +(Ledger left, Ledger right) => new()
    {
        Acknowledged = left.Acknowledged + right.Acknowledged,
        Succeeded = left.Succeeded + right.Succeeded,
        Lost = left.Lost + right.Lost,
        Unknown = left.Unknown + right.Unknown,
        DuplicateRuns = left.DuplicateRuns + right.DuplicateRuns,
        DuplicateOutcomes = left.DuplicateOutcomes + right.DuplicateOutcomes,
    };

    /// <summary>Reads every row of a file that nobody writes to any more.</summary>
    /// <param name="resultBytes">Length of every result.</param>
    public static Ledger Audit(Session file, IReadOnlyCollection<TaskId> acknowledged, IReadOnlyCollection<TaskId> runs, IReadOnlyCollection<TaskId> outcomes, int resultBytes)
    {
        return Of(Rows(), acknowledged, runs, outcomes);

        IEnumerable<(TaskId Id, bool Done)> Rows()
        {
            var row = file.Prepare("SELECT id, state, length(result) FROM tasks");
            while (row.Step())
            {
                yield return (row.ReadId(), row.ReadState() == StoredState.Succeeded && row.ReadInt32() == resultBytes);
            }
        }
    }

    /// <param name="rows">Every task there is, and whether it succeeded with its result.</param>
    public static Ledger Of(
        IEnumerable<(TaskId Id, bool Done)> rows, IReadOnlyCollection<TaskId> acknowledged, IReadOnlyCollection<TaskId> runs, IReadOnlyCollection<TaskId> outcomes)
    {
        var known = acknowledged.ToHashSet();
        var open = acknowledged.ToHashSet();
        var (succeeded, unknown) = (0L, 0L);
        foreach (var (id, done) in rows)
        {
            succeeded += done ? 1 : 0;
            unknown += known.Contains(id) ? 0 : 1;
            if (done)
            {
                open.Remove(id);
            }
        }

        return new Ledger
        {
            Acknowledged = acknowledged.Count,
            Succeeded = succeeded,
            Lost = open.Count,
            Unknown = unknown,
            DuplicateRuns = runs.Count - runs.Distinct().Count(),
            DuplicateOutcomes = outcomes.Count - outcomes.Distinct().Count(),
        };
    }

    public override string ToString() =>
        $"ledger: {Acknowledged} acknowledged, {Succeeded} succeeded, {Lost} lost, {Unknown} unknown, {DuplicateRuns} repeated runs, {DuplicateOutcomes} repeated outcomes";
}
