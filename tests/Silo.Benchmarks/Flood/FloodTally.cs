using System.Collections.Concurrent;

namespace Silo.Benchmarks.Flood;

/// <summary>Counts how the server answered each attack.</summary>
internal sealed class FloodTally
{
    private readonly ConcurrentDictionary<(string Attack, string Answer), int> _counts = new();

    public IReadOnlyDictionary<string, IReadOnlyDictionary<string, int>> Answers => _counts
        .GroupBy(count => count.Key.Attack)
        .OrderBy(attack => attack.Key, StringComparer.Ordinal)
        .ToDictionary(
            attack => attack.Key,
            attack => (IReadOnlyDictionary<string, int>)attack.OrderBy(count => count.Key.Answer, StringComparer.Ordinal).ToDictionary(count => count.Key.Answer, count => count.Value));

    public void Count(string attack, string answer) => _counts.AddOrUpdate((attack, answer), 1, static (_, count) => count + 1);
}
