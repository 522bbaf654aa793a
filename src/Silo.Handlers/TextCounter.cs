using System.Buffers;

namespace Silo.Handlers;

/// <summary>Counts lines and words of bytes as POSIX <c>wc</c> does: a line is a newline byte, a word a longest run without ASCII white space.</summary>
/// <remarks>GNU <c>wc</c> before 9.5 starts no word at a byte that its locale cannot print, so it can count fewer words in binary files.</remarks>
internal struct TextCounter
{
    private static readonly SearchValues<byte> WhiteSpace = SearchValues.Create(" \t\n\v\f\r"u8);
    private bool _inWord;

    public long Lines { get; private set; }

    public long Words { get; private set; }

    public void Add(ReadOnlySpan<byte> bytes)
    {
        Lines += bytes.Count((byte)'\n');
        while (!bytes.IsEmpty)
        {
            var edge = _inWord ? bytes.IndexOfAny(WhiteSpace) : bytes.IndexOfAnyExcept(WhiteSpace);
            if (edge < 0)
                return;
            Words += _inWord ? 0 : 1;
            _inWord = !_inWord;
            bytes = bytes[edge..];
        }
    }
}
