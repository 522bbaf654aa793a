namespace Silo.Cli.Ledger;

/// <summary>A worker's ledger as the worker writes it: every line is with the operating system when <see cref="Append"/> returns, so kill -9 takes none back.</summary>
/// <remarks>One process writes one file; a second one that opens it gets an <see cref="IOException"/>.</remarks>
internal sealed class LedgerFile : IDisposable
{
    private readonly Lock _lock = new();
    private readonly FileStream _file;

    /// <exception cref="IOException">The file cannot be opened for appending.</exception>
    public LedgerFile(string path) =>
        _file = new FileStream(path, FileMode.Append, FileAccess.Write, FileShare.Read, bufferSize: 0);

    public void Append(LedgerEntry entry)
    {
        var line = entry.ToLine();
        lock (_lock)
        {
            _file.Write(line);
        }
    }

    public void Dispose() => _file.Dispose();
}
