using System.Text;
using Silo.Gateway.Requests;

namespace Silo.Gateway.Tests.Requests;

public sealed class JsonEscapesTests
{
    [Theory]
    [InlineData("""{"a":"plain"}""", true)]
    [InlineData("""["\n\\\" \u0041"]""", true)]
    [InlineData("""["\ud83d\ude00"]""", true)]
    [InlineData("""["\\ud83d"]""", true)]
    [InlineData("""["\uD83D"]""", false)]
    [InlineData("""["\ud83d x \ude00"]""", false)]
    [InlineData("""["\ud83d\n"]""", false)]
    [InlineData("""["\ude00\ud83d"]""", false)]
    [InlineData("""["\ud83d\ud83d\ude00"]""", false)]
    [InlineData("""["\\\ud83d"]""", false)]
    [InlineData("""["\u""", true)]
    [InlineData("\\", true)]
    public void ArePaired_TellsHalvesFromPairs(string json, bool paired) => Assert.Equal(paired, JsonEscapes.ArePaired(Encoding.UTF8.GetBytes(json)));
}
