namespace Silo.Core.Scheduling;

/// <summary>How long tasks of a type ran of late: an exponentially weighted mean. Pure.</summary>
internal sealed class DurationEstimates
{
    /// <summary>What is assumed of a type nobody has seen: long enough to grant no look-ahead.</summary>
    public static readonly TimeSpan Unknown = TimeSpan.FromSeconds(1);

    private const double NewestShare = 0.1;
    private const int TypesMax = 4096;

    private readonly Dictionary<string, TimeSpan> _means = [];

    public TimeSpan Of(string type) => _means.GetValueOrDefault(type, Unknown);

    public void Observe(string type, TimeSpan ran)
    {
        if (ran < TimeSpan.Zero)
            return;
        if (_means.TryGetValue(type, out var mean))
            _means[type] = (mean * (1 - NewestShare)) + (ran * NewestShare);
        else if (_means.Count < TypesMax)
            _means[type] = ran;
    }

    /// <summary>Takes over what an earlier scheduler learned, of types that this one has not seen itself.</summary>
    public void Recall(IReadOnlyDictionary<string, TimeSpan> means)
    {
        foreach (var (type, mean) in means)
            if (_means.Count < TypesMax)
                _means.TryAdd(type, mean);
    }

    /// <summary>Those of the shortest types: they are what look-ahead is for.</summary>
    public Dictionary<string, TimeSpan> Shortest(int typesMax) => _means.OrderBy(static mean => mean.Value).Take(typesMax).ToDictionary();
}
