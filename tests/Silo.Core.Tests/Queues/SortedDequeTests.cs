using Silo.Core.Queues;

namespace Silo.Core.Tests.Queues;

public class SortedDequeTests
{
    [Theory]
    [InlineData(1, 40)]
    [InlineData(2, 400)]
    [InlineData(3, 4000)]
    public void AnyCalls_BesideASortedSet_AreAnsweredAlike(int seed, int calls)
    {
        var random = new Random(seed);
        var order = Comparer<Item>.Create((left, right) => left.Value.CompareTo(right.Value));
        var (deque, set) = (new SortedDeque<Item>(order), new SortedSet<Item>(order));
        for (var call = 0; call < calls; call++)
        {
            var item = new Item(random.Next(calls / 4));
            switch (random.Next(5))
            {
                case 0 or 1:
                    Assert.Equal(set.Add(item), deque.Add(item));
                    break;
                case 2:
                    Assert.Equal(set.Remove(item), deque.Remove(item));
                    break;
                case 3:
                    var first = set.Min;
                    Assert.Equal(first, deque.TakeFirst());
                    set.Remove(first!);
                    break;
                default:
                    Assert.Equal(set.Count(other => other.Value < item.Value), deque.CountWhile(other => other.Value < item.Value));
                    break;
            }

            Assert.Equal((set.Count, set.Min, set.Max), (deque.Count, deque.First, deque.Last));
        }

        Assert.Equal(set, Enumerable.Range(0, deque.Count).Select(place => deque[place]));
    }

    [Fact]
    public void Clear_Filled_IsEmptyAndTakesItemsAgain()
    {
        var deque = new SortedDeque<Item>(Comparer<Item>.Create((left, right) => left.Value.CompareTo(right.Value)));
        Assert.True(deque.Add(new Item(2)));
        Assert.True(deque.Add(new Item(1)));

        deque.Clear();

        Assert.Null(deque.First);
        Assert.Null(deque.TakeFirst());
        Assert.True(deque.Add(new Item(1)));
        Assert.Equal(1, deque.Count);
    }

    private sealed record Item(int Value);
}
