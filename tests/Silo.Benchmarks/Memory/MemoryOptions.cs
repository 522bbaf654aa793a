namespace Silo.Benchmarks.Memory;

/// <param name="Rounds">Each in a process of its own, since memory that was used once is not given back whole.</param>
/// <param name="Tasks">That wait at once.</param>
internal sealed record MemoryOptions(int Rounds, int Tasks, int BatchTasks, int PayloadBytes)
{
    public static readonly MemoryOptions Default = new(Rounds: 3, Tasks: 200_000, BatchTasks: 1000, PayloadBytes: 100);
}
