using System.Globalization;
using Microsoft.Data.Sqlite;
using Silo.Core.Storage;
using Silo.Storage.Sqlite.Sql;

namespace Silo.Storage.Sqlite.Opening;

/// <summary>Decides whether a file may be used, and opens connections to it.</summary>
internal sealed class DatabaseFile(SqliteStoreOptions options)
{
    /// <summary>Marks a file as ours in its header: "SILO".</summary>
    public const int ApplicationId = 0x53494C4F;

    private const int HeaderBytes = 100;
    private static readonly byte[] Magic = "SQLite format 3\0"u8.ToArray();

    public string Path { get; } = System.IO.Path.GetFullPath(options.Path);

    /// <summary>Checks the file, creates it when absent, and brings its schema up to date. Call it with the lock held.</summary>
    /// <exception cref="StoreRefusedException">It is no file of ours, damaged, or of a newer program; it was left as it is.</exception>
    /// <exception cref="StoreUnavailableException">The disk failed or is full.</exception>
    public void Prepare()
    {
        try
        {
            if (HasContent())
            {
                Inspect();
            }

            using var connection = Connect(SqliteOpenMode.ReadWriteCreate);
            if (Migration.Scalar(connection, "PRAGMA journal_mode = WAL") is not "wal")
            {
                throw new StoreRefusedException($"'{Path}' cannot have a write-ahead log: its file system shares no memory between connections. Name a file on a local disk.");
            }

            Configure(connection);
            Migration.ApplyMissing(connection, ApplicationId);
        }
        catch (SqliteException error)
        {
            throw Refusal(error);
        }
    }

    /// <exception cref="StoreRefusedException">The folder is not there and cannot be made.</exception>
    public void CreateFolder()
    {
        try
        {
            Directory.CreateDirectory(System.IO.Path.GetDirectoryName(Path)!);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new StoreRefusedException($"The folder of '{Path}' cannot be created: {error.Message} Name a file in a folder that this process may write to.", error);
        }
    }

    public Session OpenWriter() => Open(SqliteOpenMode.ReadWrite);

    public Session OpenReader() => Open(SqliteOpenMode.ReadOnly);

    private Session Open(SqliteOpenMode mode)
    {
        var connection = Connect(mode);
        try
        {
            Configure(connection);
            return new Session(connection);
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    private bool HasContent()
    {
        try
        {
            using var file = new FileStream(Path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
            if (file.Length == 0)
            {
                return false;
            }

            var header = new byte[HeaderBytes];
            if (file.ReadAtLeast(header, HeaderBytes, throwOnEndOfStream: false) < HeaderBytes || !header.AsSpan().StartsWith(Magic))
            {
                throw new StoreRefusedException($"'{Path}' is not an SQLite database: its header is missing or damaged. Restore it from a backup, or name another file.");
            }

            return true;
        }
        catch (FileNotFoundException)
        {
            return false; // It is about to be created.
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new StoreRefusedException($"'{Path}' cannot be read: {error.Message}", error);
        }
    }

    /// <summary>Looks without writing, so that a refused file stays as it is.</summary>
    private void Inspect()
    {
        using var connection = Connect(SqliteOpenMode.ReadOnly);
        var application = Number(connection, "PRAGMA application_id");
        var version = Number(connection, "PRAGMA user_version");
        var empty = Number(connection, "SELECT count(*) FROM sqlite_master") == 0;
        if (application != ApplicationId && !(empty && application == 0))
        {
            throw new StoreRefusedException($"'{Path}' is a database of another program (application id {application}). Name another file.");
        }

        if (version > Migration.Newest)
        {
            throw new StoreRefusedException(
                $"'{Path}' has schema version {version}, this program knows up to {Migration.Newest}: a newer Silo wrote it. Start that one, or name another file.");
        }

        if (new FileInfo(Path).Length <= options.IntegrityCheckBytesMax && Migration.Scalar(connection, "PRAGMA quick_check(1)") is not "ok" and var problem)
        {
            throw new StoreRefusedException($"'{Path}' is damaged: {problem}. Restore it from a backup, or name another file.");
        }
    }

    private SqliteConnection Connect(SqliteOpenMode mode)
    {
        // A pooled connection would keep the file open after the store has closed, and hide that it was reopened. A time-out of zero would mean for ever.
        var seconds = Math.Max(1, (int)Math.Ceiling(options.BusyTimeout.TotalSeconds));
        var text = new SqliteConnectionStringBuilder { DataSource = Path, Mode = mode, Pooling = false, DefaultTimeout = seconds }.ToString();
        var connection = new SqliteConnection(text);
        try
        {
            connection.Open();
            return connection;
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    private void Configure(SqliteConnection connection)
    {
        using var command = connection.CreateCommand();
        command.CommandText = string.Create(CultureInfo.InvariantCulture, $"""
            PRAGMA busy_timeout = {(long)options.BusyTimeout.TotalMilliseconds};
            PRAGMA synchronous = FULL;
            PRAGMA temp_store = MEMORY;
            PRAGMA cache_size = -32768;
            PRAGMA wal_autocheckpoint = {options.CheckpointPages};
            PRAGMA journal_size_limit = 67108864;
            """);
        command.ExecuteNonQuery();
    }

    private Exception Refusal(SqliteException error)
    {
        if (error.IsCorruption())
        {
            return new StoreRefusedException($"'{Path}' is damaged: {error.Message} Restore it from a backup, or name another file.", error);
        }

        return error.IsDenied()
            ? new StoreRefusedException($"'{Path}' cannot be opened for writing: {error.Message} Check the rights on the file and its folder.", error)
            : new StoreUnavailableException($"'{Path}' cannot be opened now: {error.Message}", error);
    }

    private static long Number(SqliteConnection connection, string sql) => Convert.ToInt64(Migration.Scalar(connection, sql), CultureInfo.InvariantCulture);
}
