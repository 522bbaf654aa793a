namespace Silo.Benchmarks.Xmin;

/// <param name="BloatTasks">Run through both databases first; in one of them under the open transaction, so that none of their dead versions can be removed.</param>
/// <param name="Rounds">Each takes both databases in turns.</param>
/// <param name="BurstTasks">Run through a database at once before its samples, in every round.</param>
/// <param name="Samples">Submits per database and round, one after the other.</param>
/// <param name="IdleMilliseconds">Pause before each of them.</param>
internal sealed record XminOptions(int BloatTasks, int Rounds, int BurstTasks, int Samples, int IdleMilliseconds, int PayloadBytes)
{
    public static readonly XminOptions Default = new(BloatTasks: 100_000, Rounds: 10, BurstTasks: 2000, Samples: 800, IdleMilliseconds: 5, PayloadBytes: 100);
}
