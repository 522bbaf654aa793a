namespace Silo.Benchmarks.Enqueue;

/// <param name="Callers">Sessions, each with one transaction after the other and without a pause.</param>
/// <param name="Rounds">Each measures both ways in turns.</param>
/// <param name="Seconds">Of each way in a round.</param>
/// <param name="IdleSamples">Single calls while nothing else is asked, before the rounds.</param>
internal sealed record EnqueueOptions(int Callers, int Rounds, int Seconds, int IdleSamples, int PayloadBytes)
{
    public static readonly EnqueueOptions Default = new(Callers: 1000, Rounds: 12, Seconds: 4, IdleSamples: 50, PayloadBytes: 100);
}
