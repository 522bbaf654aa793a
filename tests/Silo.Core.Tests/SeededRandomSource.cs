using Silo.Core.Engine;

namespace Silo.Core.Tests;

/// <summary>The same numbers for the same seed.</summary>
internal sealed class SeededRandomSource(int seed) : IRandomSource
{
    private readonly Random _random = new(seed);

    public double NextDouble() => _random.NextDouble();

    public int Next(int bound) => _random.Next(bound);
}
