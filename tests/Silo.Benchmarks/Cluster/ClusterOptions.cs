namespace Silo.Benchmarks.Cluster;

/// <param name="Rounds">Each measures both sides once.</param>
/// <param name="FirstRounds">Before them, not counted: the compiler goes on improving what runs often.</param>
/// <param name="Tasks">Per round and side.</param>
/// <param name="Clients">Streams of submits at once; in the cluster half of them to each silo.</param>
/// <param name="Slots">Of all nodes of a side together.</param>
internal sealed record ClusterOptions(int Rounds, int FirstRounds, int Tasks, int Clients, int Slots, int PayloadBytes)
{
    public static readonly ClusterOptions Default = new(Rounds: 7, FirstRounds: 5, Tasks: 50_000, Clients: 4, Slots: 16, PayloadBytes: 100);
}
