using Silo.Contracts.Problems;

namespace Silo.Gateway.Tests.Problems;

public sealed class NearestNameTests
{
    [Theory]
    [InlineData("", "", 0)]
    [InlineData("abc", "", 3)]
    [InlineData("kitten", "sitting", 3)]
    [InlineData("echo", "ecco", 1)]
    public void Distance_IsTheNumberOfEdits(string a, string b, int edits) => Assert.Equal((edits, edits), (NearestName.Distance(a, b), NearestName.Distance(b, a)));

    [Fact]
    public void Among_IgnoresCaseAndPrefersTheFirstByName()
    {
        Assert.Equal("sleep", NearestName.Among(["echo", "sleep", "fail"], "SLEEPY"));
        Assert.Equal("a", NearestName.Among(["c", "b", "a"], "x"));
        Assert.Null(NearestName.Among([], "x"));
    }
}
