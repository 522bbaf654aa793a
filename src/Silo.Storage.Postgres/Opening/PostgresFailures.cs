using System.Net.Sockets;
using Npgsql;
using Silo.Core.Storage;
using Silo.Storage.Postgres.Sql;

namespace Silo.Storage.Postgres.Opening;

/// <summary>Says what an error of the server means to a caller: which value, which rule, what to do.</summary>
internal sealed class PostgresFailures(string setting, NpgsqlConnectionStringBuilder settings)
{
    private readonly string? _user = settings.Username ?? Environment.UserName;

    /// <summary>The database, as texts name it; no password in it.</summary>
    public string Place { get; } = $"PostgreSQL database '{settings.Database ?? settings.Username}' at {settings.Host ?? "localhost"}:{settings.Port}";

    /// <summary>While connecting and preparing: nothing was asked yet.</summary>
    public Exception AtOpening(Exception error) => error switch
    {
        PostgresException { SqlState: PostgresErrorCodes.InvalidPassword or PostgresErrorCodes.InvalidAuthorizationSpecification } server =>
            new StoreRefusedException($"{Place} refuses the user '{_user}': {server.MessageText}. Correct the user name and password in {setting}.", error),
        PostgresException { SqlState: PostgresErrorCodes.InvalidCatalogName } server =>
            new StoreRefusedException($"{Place} is not there: {server.MessageText}. Create it (createdb), or name another one in {setting}.", error),
        PostgresException { SqlState: PostgresErrorCodes.InsufficientPrivilege } server => new StoreRefusedException(
            $"{Place}: the user '{_user}' lacks rights: {server.MessageText}. Let its owner run GRANT CREATE ON DATABASE, or start Silo once as the owner of the schema silo.", error),
        _ => Unavailable(error),
    };

    /// <summary>Surely nothing was done.</summary>
    public StoreUnavailableException Unavailable(Exception error) => new(Explain(error), error);

    /// <summary>The server rolled it back: the caller's mistake when a value is to blame, else the store's state.</summary>
    public Exception Refused(PostgresException error) => error.IsOfTheData()
        ? new ArgumentException($"The store refuses a value: {error.MessageText}{(error.ConstraintName is { } rule ? $" (rule {rule})" : "")}. Nothing of the call was stored.", error)
        : Unavailable(error);

    /// <summary>The answer was lost.</summary>
    public StoreUnknownException Unknown(Exception error) => new(
        $"The connection to {Place} was lost before the answer: {error.Message} What was asked may or may not have been stored; send the same again, or read it back.", error);

    private string Explain(Exception error) => error switch
    {
        PostgresException { SqlState: PostgresErrorCodes.ReadOnlySqlTransaction } =>
            $"{Place} is read-only: a replica, or default_transaction_read_only is on. Name the primary in {setting}. Nothing was stored.",
        PostgresException { SqlState: PostgresErrorCodes.DiskFull } server =>
            $"{Place} has no room on its disk: {server.MessageText}. Free space on the server; nothing was stored, and writes succeed again by themselves.",
        PostgresException { SqlState: PostgresErrorCodes.TooManyConnections } server =>
            $"{Place} takes no more connections: {server.MessageText}. Raise max_connections on the server, or lower ConnectionsMax here.",
        PostgresException { SqlState: PostgresErrorCodes.LockNotAvailable } =>
            $"{Place}: a row stayed locked by another transaction for too long. Nothing was stored; find who holds it in pg_stat_activity.",
        PostgresException { SqlState: PostgresErrorCodes.InsufficientPrivilege } server =>
            $"{Place}: the user '{_user}' lacks rights: {server.MessageText}. GRANT them; nothing was stored.",
        PostgresException server => $"{Place} answers: {server.MessageText} ({server.SqlState}). Nothing was stored.",
        NpgsqlException { InnerException: SocketException socket } =>
            $"No server answers for {Place}: {socket.Message}. Start PostgreSQL there, or correct {setting}.",
        NpgsqlException { InnerException: TimeoutException } => $"{Place} did not answer in time. Look at the server's load and network, or correct {setting}.",
        _ => $"{Place} cannot be used now: {error.Message}",
    };
}
