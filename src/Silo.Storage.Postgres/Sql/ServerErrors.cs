using Npgsql;

namespace Silo.Storage.Postgres.Sql;

/// <summary>What an error code says of the transaction it ended.</summary>
internal static class ServerErrors
{
    /// <summary>The transaction was surely rolled back. An ended backend tells nothing: it may have been ended after its commit, before the answer.</summary>
    public static bool IsAborted(this PostgresException error) => error.InvariantSeverity == "ERROR";

    /// <summary>Another transaction was in the way by chance; the same again may succeed.</summary>
    public static bool IsConflict(this PostgresException error) =>
        error.SqlState is PostgresErrorCodes.DeadlockDetected or PostgresErrorCodes.SerializationFailure;

    /// <summary>A value cannot be stored: class 22 is data, class 23 is a constraint.</summary>
    public static bool IsOfTheData(this PostgresException error) => error.IsOfAValue() || error.SqlState.StartsWith("23", StringComparison.Ordinal);

    /// <summary>A value of the row itself is refused: it is malformed or missing, or breaks a check. A key that comes twice is not among them, since that depends on other rows.</summary>
    public static bool IsOfAValue(this PostgresException error) =>
        error.SqlState is PostgresErrorCodes.NotNullViolation or PostgresErrorCodes.CheckViolation || error.SqlState.StartsWith("22", StringComparison.Ordinal);
}
