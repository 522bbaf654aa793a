namespace Silo.Benchmarks.Ceiling;

/// <param name="Rounds">Each measures both ways once.</param>
/// <param name="Tasks">Per round and way.</param>
/// <param name="BatchTasks">Tasks in one submit call, and rows in one batch of the bare pipeline.</param>
/// <param name="Clients">Submitters at once, each with one call under way.</param>
/// <param name="Slots">Of the node, and of the bare pipeline.</param>
internal sealed record CeilingOptions(int Rounds, int Tasks, int BatchTasks, int Clients, int Slots, int PayloadBytes)
{
    public static readonly CeilingOptions Default = new(Rounds: 7, Tasks: 200_000, BatchTasks: 1000, Clients: 4, Slots: 16, PayloadBytes: 100);
}
