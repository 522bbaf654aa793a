using Silo.Cli.Invocation;

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

    /// <param name="path">Null for no ledger.</param>
    /// <exception cref="CommandException">The file cannot be opened for appending.</exception>
    public static LedgerFile? OpenOrNull(string? path)
    {
        try
        {
            return path is null ? null : new LedgerFile(path);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new CommandException(ExitCode.Usage, $"The ledger '{path}' cannot be opened for appending: {exception.Message}", exception);
        }
    }

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
