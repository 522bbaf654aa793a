using Silo.Core.Storage;

namespace Silo.Storage.Sqlite.Opening;

/// <summary>Holds the database file for one process: a lock of the operating system on a file beside it, which ends with the process however that ends.</summary>
internal sealed class FileLock : IDisposable
{
    private readonly FileStream _held;

    private FileLock(FileStream held) => _held = held;

    /// <exception cref="StoreRefusedException">Another process, or another store in this one, has it.</exception>
    public static FileLock Take(string databasePath)
    {
        var path = databasePath + ".lock";
        try
        {
            return new FileLock(new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None));
        }
        catch (IOException error) when (error is not (DirectoryNotFoundException or PathTooLongException or FileNotFoundException))
        {
            throw new StoreRefusedException(
                $"'{databasePath}' is in use: another process holds '{path}'. One process may open the file; stop the other one, or name another file.", error);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new StoreRefusedException($"'{path}' cannot be created: {error.Message} Name a file in a folder that this process may write to.", error);
        }
    }

    // The file stays: deleting it would let two processes hold locks on two files of one name.
    public void Dispose() => _held.Dispose();
}
