namespace Silo.Core.Placement;

/// <summary>What a placer remembers of each node by name; the default value for a node not met yet.</summary>
/// <remarks>Nodes come and go under ever new names, so when it is full everything is forgotten: a placer then starts afresh, which costs a moment of evenness.</remarks>
internal sealed class PerNode<TValue>
    where TValue : struct
{
    public const int NodesMax = 4096;

    private readonly Dictionary<string, TValue> _values = new(StringComparer.Ordinal);

    public TValue this[string node]
    {
        get => _values.GetValueOrDefault(node);
        set
        {
            if (_values.Count >= NodesMax && !_values.ContainsKey(node))
            {
                _values.Clear();
            }

            _values[node] = value;
        }
    }
}
