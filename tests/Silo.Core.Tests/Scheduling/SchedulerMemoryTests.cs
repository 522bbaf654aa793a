using System.Text;
using Silo.Core.Scheduling;

namespace Silo.Core.Tests.Scheduling;

public sealed class SchedulerMemoryTests
{
    private static readonly Dictionary<string, TimeSpan> Means = new() { ["echo"] = TimeSpan.FromMicroseconds(120), ["video"] = TimeSpan.FromMinutes(3) };

    [Fact]
    public void Read_OfWhatWasWritten_IsTheSame() => Assert.Equal(Means, SchedulerMemory.Read(SchedulerMemory.Write(Means)));

    [Fact]
    public void Read_OfNothing_IsEmpty() => Assert.Empty(SchedulerMemory.Read(null));

    [Theory]
    [InlineData("")]
    [InlineData("null")]
    [InlineData("[]")]
    [InlineData("{}")]
    [InlineData("""{"seconds":null}""")]
    [InlineData("""{"seconds":{"echo":""")]
    [InlineData("""{"seconds":{"echo":"soon"}}""")]
    [InlineData("""{"seconds":{"echo":-1}}""")]
    [InlineData("""{"seconds":{"echo":1e300}}""")]
    [InlineData("""{"seconds":{"echo":1e999}}""")]
    public void Read_OfWhatIsNoMemory_IsEmpty(string json) => Assert.Empty(SchedulerMemory.Read(Encoding.UTF8.GetBytes(json)));

    [Fact]
    public void Read_OfMoreThanIsPassedOn_TakesAsManyAsAre()
    {
        var many = Enumerable.Range(0, SchedulerMemory.TypesMax + 1).ToDictionary(static index => $"type-{index}", static _ => TimeSpan.Zero);

        Assert.Equal(SchedulerMemory.TypesMax, SchedulerMemory.Read(SchedulerMemory.Write(many)).Count);
    }

    [Theory]
    [InlineData(120, false)]
    [InlineData(150, false)]
    [InlineData(210, false)]
    [InlineData(240, true)]
    public void IsNews_OfAShortType_IsWhatTheLookAheadWouldNotice(int microseconds, bool expected) =>
        Assert.Equal(expected, SchedulerMemory.IsNews(new Dictionary<string, TimeSpan>(Means) { ["echo"] = TimeSpan.FromMicroseconds(microseconds) }, Means));

    [Theory]
    [InlineData(150, false)]
    [InlineData(220, false)]
    [InlineData(230, true)]
    [InlineData(130, true)]
    public void IsNews_OfALongType_IsAQuarterMoreOrLess(int seconds, bool expected) =>
        Assert.Equal(expected, SchedulerMemory.IsNews(new Dictionary<string, TimeSpan>(Means) { ["video"] = TimeSpan.FromSeconds(seconds) }, Means));

    [Fact]
    public void IsNews_OfATypeThatIsNotStored_IsOne() => Assert.True(SchedulerMemory.IsNews(Means, new Dictionary<string, TimeSpan>()));
}
