using System.Security.Cryptography;

namespace Silo.Core.Engine;

/// <summary>Randomness for real processes, seeded from the system's own. Safe from any thread.</summary>
public sealed class SystemRandomSource : IRandomSource
{
    private readonly Lock _gate = new();
    private readonly Random _random = new(RandomNumberGenerator.GetInt32(int.MaxValue));

    /// <inheritdoc/>
    public double NextDouble()
    {
        lock (_gate)
        {
            return _random.NextDouble();
        }
    }

    /// <inheritdoc/>
    public int Next(int bound)
    {
        lock (_gate)
        {
            return _random.Next(bound);
        }
    }
}
