using Microsoft.Data.Sqlite;
using Silo.Core.Storage;
using SQLitePCL;

namespace Silo.Storage.Sqlite.Sql;

/// <summary>What SQLite's result codes mean to the callers of the store.</summary>
internal static class SqliteErrors
{
    /// <summary>The data itself was refused: sending it again would be refused again.</summary>
    public static bool IsRefusedData(this SqliteException error) =>
        error.SqliteErrorCode is raw.SQLITE_CONSTRAINT or raw.SQLITE_TOOBIG or raw.SQLITE_MISMATCH;

    public static bool IsCorruption(this SqliteException error) => error.SqliteErrorCode is raw.SQLITE_CORRUPT or raw.SQLITE_NOTADB;

    /// <summary>The file cannot be opened with the rights this process has.</summary>
    public static bool IsDenied(this SqliteException error) =>
        error.SqliteErrorCode is raw.SQLITE_CANTOPEN or raw.SQLITE_READONLY or raw.SQLITE_PERM or raw.SQLITE_AUTH;

    /// <summary>The connection's own state may be wrong now; a new one reads it from the file again.</summary>
    public static bool SpoilsConnection(this SqliteException error) =>
        error.SqliteErrorCode is raw.SQLITE_IOERR or raw.SQLITE_CORRUPT or raw.SQLITE_NOTADB or raw.SQLITE_NOMEM or raw.SQLITE_CANTOPEN;

    /// <summary>What the caller of an operation gets that failed before its commit.</summary>
    public static Exception ToCallerError(Exception error) => error switch
    {
        SqliteException refused when refused.IsRefusedData() =>
            new ArgumentException($"The store refuses this data: {refused.Message} Correct the value; its neighbours were not affected.", refused),
        SqliteException { SqliteErrorCode: raw.SQLITE_FULL } full =>
            new StoreUnavailableException("The disk under the store is full; nothing was stored. Free space there: the store goes on by itself.", full),
        SqliteException failed => new StoreUnavailableException($"The store failed before the commit, nothing was stored: {failed.Message}", failed),
        _ => error,
    };
}
