namespace Silo.Cli.Ledger;

/// <summary>Follows a ledger file that another process writes; each read answers with what was added since the last one.</summary>
/// <remarks>A last line without its end belongs to a writer that is writing or was killed while it wrote: it stays unread until it is whole.</remarks>
internal sealed class LedgerReader(string path)
{
    private long _offset;

    /// <exception cref="System.Text.Json.JsonException">A whole line is no ledger entry.</exception>
    public IReadOnlyList<LedgerEntry> ReadNew()
    {
        if (!File.Exists(path))
        {
            return [];
        }

        using var file = File.OpenHandle(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        var bytes = new byte[RandomAccess.GetLength(file) - _offset];
        var added = bytes.AsSpan(0, RandomAccess.Read(file, bytes, _offset));
        var entries = new List<LedgerEntry>();
        int end;
        while ((end = added.IndexOf((byte)'\n')) >= 0)
        {
            entries.Add(LedgerEntry.Parse(added[..end]));
            added = added[(end + 1)..];
            _offset += end + 1;
        }

        return entries;
    }
}
