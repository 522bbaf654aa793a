namespace Silo.Core.Queues;

/// <summary>Items in order, made for those that come nearly in order and leave at the ends: both cost a constant time. Elsewhere an item is found by halving and the shorter side moves
/// by a place, which for the bounded counts of a scheduler is still less than a tree's node for each item.</summary>
/// <param name="order">Zero only for an item and itself.</param>
internal sealed class SortedDeque<T>(IComparer<T> order)
    where T : class
{
    private const int CapacityMin = 16;

    // A ring: the item at place i stands at (_first + i) modulo the length, which is a power of two.
    private T?[] _ring = [];
    private int _first;

    public int Count { get; private set; }

    /// <summary>The lowest; null when there is none.</summary>
    public T? First => Count == 0 ? null : this[0];

    /// <summary>The highest; null when there is none.</summary>
    public T? Last => Count == 0 ? null : this[Count - 1];

    public T this[int place] => _ring[(_first + place) & (_ring.Length - 1)]!;

    /// <returns>False when it is there already.</returns>
    public bool Add(T item)
    {
        var place = Count == 0 || order.Compare(this[Count - 1], item) < 0 ? Count : PlaceOf(item);
        if (place < Count && order.Compare(this[place], item) == 0)
            return false;
        if (Count == _ring.Length)
            Grow();
        if (place < Count / 2)
        {
            _first = (_first - 1) & (_ring.Length - 1);
            Count++;
            for (var moved = 0; moved < place; moved++)
                Set(moved, this[moved + 1]);
        }
        else
        {
            Count++;
            for (var moved = Count - 1; moved > place; moved--)
                Set(moved, this[moved - 1]);
        }

        Set(place, item);
        return true;
    }

    /// <returns>False when it is not there.</returns>
    public bool Remove(T item)
    {
        if (Count == 0)
            return false;
        var place = ReferenceEquals(this[0], item) ? 0 : ReferenceEquals(this[Count - 1], item) ? Count - 1 : PlaceOf(item);
        if (place == Count || order.Compare(this[place], item) != 0)
            return false;
        if (place < Count / 2)
        {
            for (var moved = place; moved > 0; moved--)
                Set(moved, this[moved - 1]);
            Set(0, null);
            _first = (_first + 1) & (_ring.Length - 1);
        }
        else
        {
            for (var moved = place; moved < Count - 1; moved++)
                Set(moved, this[moved + 1]);
            Set(Count - 1, null);
        }

        Count--;
        return true;
    }

    public T? TakeFirst()
    {
        var first = First;
        if (first is not null)
            Remove(first);
        return first;
    }

    public void Clear() => (_ring, _first, Count) = ([], 0, 0);

    /// <summary>How many, from the lowest, the condition holds for; it must hold for none behind the first it does not hold for.</summary>
    public int CountWhile(Func<T, bool> condition)
    {
        var (low, high) = (0, Count);
        while (low < high)
        {
            var middle = (low + high) / 2;
            (low, high) = condition(this[middle]) ? (middle + 1, high) : (low, middle);
        }

        return low;
    }

    /// <summary>Where the item is, or would be.</summary>
    private int PlaceOf(T item) => CountWhile(other => order.Compare(other, item) < 0);

    private void Set(int place, T? item) => _ring[(_first + place) & (_ring.Length - 1)] = item;

    private void Grow()
    {
        var larger = new T?[Math.Max(CapacityMin, _ring.Length * 2)];
        for (var place = 0; place < Count; place++)
            larger[place] = this[place];
        (_ring, _first) = (larger, 0);
    }
}
