using Silo.Core.Tasks;

namespace Silo.Core.Tests.Tasks;

public sealed class LogTailTests
{
    private readonly LogTail _tail = new();

    [Fact]
    public void Add_MoreLinesThanAreKept_GivesUpTheOldest()
    {
        _tail.Add(Enumerable.Range(1, LogTail.LinesMax + 2).Select(line => $"{line}"), dropped: 3);

        Assert.Equal((LogTail.LinesMax, "3", 5), (_tail.Count, _tail.Lines[0], _tail.Dropped));
    }

    [Fact]
    public void Add_MoreCharactersThanAreKept_GivesUpTheOldest()
    {
        var half = new string('x', LogTail.CharactersMax / 2);
        _tail.Add(["first", half, half]);

        Assert.Equal([half, half], _tail.Lines);
        Assert.Equal(1, _tail.Dropped);
    }

    [Fact]
    public void Add_LineLongerThanAll_IsCut()
    {
        _tail.Add(["before", new string('x', LogTail.CharactersMax + 1)]);

        Assert.Equal((1, LogTail.CharactersMax, 1), (_tail.Count, _tail.Lines[0].Length, _tail.Dropped));
    }

    [Fact]
    public void Clear_LinesWereDropped_BeginsAnew()
    {
        _tail.Add(["a", "b"], dropped: 2);
        _tail.Clear();

        Assert.False(_tail.DropOldest());
        Assert.Equal((0, 0), (_tail.Count, _tail.Dropped));
    }
}
