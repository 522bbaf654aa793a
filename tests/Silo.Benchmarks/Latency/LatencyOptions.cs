namespace Silo.Benchmarks.Latency;

/// <param name="Rounds">Each on a fresh server and a fresh file.</param>
/// <param name="Samples">Submits, and bare inserts, per round.</param>
/// <param name="IdleMilliseconds">Pause before each of them.</param>
internal sealed record LatencyOptions(int Rounds, int Samples, int IdleMilliseconds, int PayloadBytes)
{
    public static readonly LatencyOptions Default = new(Rounds: 5, Samples: 200, IdleMilliseconds: 10, PayloadBytes: 100);
}
