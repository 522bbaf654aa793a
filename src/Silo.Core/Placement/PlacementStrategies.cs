using System.Collections.Frozen;
using System.Text.RegularExpressions;
using Silo.Core.Engine;
using Silo.Core.Queues;
using Silo.Core.Tasks;

namespace Silo.Core.Placement;

/// <summary>The placement strategies of this process by name.</summary>
public sealed partial class PlacementStrategies
{
    /// <summary>Those that Silo brings.</summary>
    public static readonly IReadOnlyList<IPlacementStrategy> BuiltIn =
        [new LeastTasksStrategy(), new RandomStrategy(), new RoundRobinStrategy(), new WeightedStrategy()];

    private readonly FrozenDictionary<string, IPlacementStrategy> _byName;

    /// <exception cref="ArgumentException">Names that are malformed or taken twice; the message has all of them.</exception>
    public PlacementStrategies(IEnumerable<IPlacementStrategy> strategies)
    {
        var groups = strategies.ToLookup(strategy => strategy.Name, StringComparer.Ordinal);
        var problems = groups.SelectMany(group => ProblemsOf(group.Key, [.. group])).ToList();
        if (problems.Count > 0)
        {
            throw new ArgumentException(string.Join(" ", problems), nameof(strategies));
        }

        _byName = groups.ToFrozenDictionary(group => group.Key, group => group.First(), StringComparer.Ordinal);
        Names = [.. _byName.Keys.Order(StringComparer.Ordinal)];
    }

    /// <summary>In ordinal order.</summary>
    public IReadOnlyList<string> Names { get; }

    public bool Contains(string name) => _byName.ContainsKey(name);

    /// <exception cref="ArgumentException">There is no strategy of this name.</exception>
    internal QueuePlacer NewPlacer(string name, IRandomSource random) =>
        _byName.TryGetValue(name, out var strategy)
            ? new QueuePlacer(name, strategy.NewPlacer(random))
            : throw new ArgumentException(Unknown(name), nameof(name));

    /// <summary>Every queue whose strategy is unknown, with what to do about it, in the queues' order; empty when all are known.</summary>
    public IReadOnlyList<string> ProblemsOf(IEnumerable<QueueSettings> queues) =>
        [.. queues.Where(queue => !Contains(queue.Strategy)).Select(queue => $"Queue '{queue.Name}': {Unknown(queue.Strategy)}")];

    private static IEnumerable<string> ProblemsOf(string name, IReadOnlyList<IPlacementStrategy> strategies)
    {
        if (name.Length > TaskLimits.NameLengthMax || !NamePattern().IsMatch(name))
        {
            yield return $"Placement strategy {strategies[0].GetType()} has the name '{name}': lower-case words joined by dashes were expected, at most {TaskLimits.NameLengthMax} characters.";
        }

        if (strategies.Count > 1)
        {
            yield return $"The name '{name}' is taken by the placement strategies {string.Join(" and ", strategies.Select(strategy => strategy.GetType()))}: give each a name of its own.";
        }
    }

    private string Unknown(string name) =>
        $"there is no placement strategy '{name}'; choose one of {string.Join(", ", Names)}, or register it with {nameof(PlacementServices.AddPlacementStrategy)}.";

    [GeneratedRegex("^[a-z][a-z0-9]*(-[a-z0-9]+)*$", RegexOptions.CultureInvariant)]
    private static partial Regex NamePattern();
}
