namespace Silo.Benchmarks.Flood.Attacks;

/// <summary>One kind of client that means no good.</summary>
internal interface IFloodAttack
{
    string Name { get; }

    /// <summary>Goes on until cancelled, and then ends in order, with its connections closed.</summary>
    Task RunAsync(FloodTarget target, FloodTally tally, CancellationToken ended);
}
