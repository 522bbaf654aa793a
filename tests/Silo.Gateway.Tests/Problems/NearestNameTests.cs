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
        Assert.Equal("a1", NearestName.Among(["a3", "a2", "a1"], "a0"));
    }

    [Theory]
    [InlineData("echo", "file.digest")]
    [InlineData("file.digest", "echo")]
    [InlineData("xyz", "xbc")]
    [InlineData("di", "file.digest")]
    public void Among_NothingClose_IsNoSuggestion(string given, string known) => Assert.Null(NearestName.Among([known], given));

    [Theory]
    [InlineData("digest", "file.digest")]
    [InlineData("least", "least-tasks")]
    [InlineData("round_robin", "round-robin")]
    public void Among_PartOfAName_IsThatName(string given, string known) => Assert.Equal(known, NearestName.Among(["zzz", known], given));

    [Fact]
    public void Among_NothingKnown_IsNoSuggestion() => Assert.Null(NearestName.Among([], "x"));
}
