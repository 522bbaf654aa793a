using System.Text;

namespace Silo.Handlers.Processes;

/// <summary>Keeps the last bytes of a stream and counts all of them.</summary>
internal sealed class OutputTail(int bytesMax)
{
    private readonly byte[] _ring = new byte[bytesMax];

    public long Bytes { get; private set; }

    public void Add(ReadOnlySpan<byte> bytes)
    {
        var kept = bytes.Length > _ring.Length ? bytes[^_ring.Length..] : bytes;
        var at = (int)((Bytes + bytes.Length - kept.Length) % _ring.Length);
        var first = Math.Min(kept.Length, _ring.Length - at);
        kept[..first].CopyTo(_ring.AsSpan(at));
        kept[first..].CopyTo(_ring);
        Bytes += bytes.Length;
    }

    /// <summary>What is kept, as text: what is not UTF-8, and NUL, which PostgreSQL refuses, becomes U+FFFD.</summary>
    public string Text()
    {
        var length = (int)Math.Min(Bytes, _ring.Length);
        var kept = new byte[length];
        var at = (int)((Bytes - length) % _ring.Length);
        var first = Math.Min(length, _ring.Length - at);
        _ring.AsSpan(at, first).CopyTo(kept);
        _ring.AsSpan(0, length - first).CopyTo(kept.AsSpan(first));

        // The cut may have gone through a character; its rest is no character.
        var start = 0;
        while (Bytes > length && start < Math.Min(3, length) && (kept[start] & 0xc0) == 0x80)
            start++;
        return Encoding.UTF8.GetString(kept, start, length - start).Replace('\0', '\ufffd');
    }
}
