using System.Text;
using Silo.Handlers.Processes;

namespace Silo.Handlers.Tests.Processes;

public sealed class OutputTailTests
{
    [Theory]
    [InlineData(4, "", "")]
    [InlineData(4, "abc", "abc")]
    [InlineData(4, "abcd", "abcd")]
    [InlineData(4, "ab|cd|ef", "cdef")]
    [InlineData(4, "abcdefghij", "ghij")]
    [InlineData(4, "abc|defghijklm", "jklm")]
    [InlineData(5, "ab|cdefgh|i|jk", "ghijk")]
    [InlineData(4, "x漢字", "字")]
    [InlineData(8, "a\0b", "a\ufffdb")]
    public void Text_OfPieces_IsTheirEnd(int bytesMax, string pieces, string expected)
    {
        var tail = new OutputTail(bytesMax);
        foreach (var piece in pieces.Split('|'))
            tail.Add(Encoding.UTF8.GetBytes(piece));

        Assert.Equal(expected, tail.Text());
        Assert.Equal(Encoding.UTF8.GetByteCount(pieces.Replace("|", "", StringComparison.Ordinal)), tail.Bytes);
    }
}
