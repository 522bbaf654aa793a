namespace Silo.Benchmarks.Recovery;

/// <param name="Restarts">One after the other, each under full load.</param>
/// <param name="SteadySeconds">Before each restart: the rate is back with a second no slower than the slowest of these.</param>
/// <param name="LimitSeconds">When the rate is not back by then, the restart counts as this long.</param>
/// <param name="Submitters">Callers that submit without a pause.</param>
/// <param name="GroupTasks">Tasks in one call.</param>
internal sealed record RecoveryOptions(int Restarts, int SteadySeconds, int LimitSeconds, int Submitters, int GroupTasks, int PayloadBytes)
{
    public static readonly RecoveryOptions Default = new(Restarts: 3, SteadySeconds: 10, LimitSeconds: 60, Submitters: 4, GroupTasks: 100, PayloadBytes: 100);
}
