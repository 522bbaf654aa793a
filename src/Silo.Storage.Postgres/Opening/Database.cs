using System.Globalization;
using Npgsql;
using Silo.Core.Storage;

namespace Silo.Storage.Postgres.Opening;

/// <summary>The server and database that the options name: how sessions to it are set, and whether it may be used.</summary>
internal sealed class Database : IAsyncDisposable, IDisposable
{
    public const int ServerVersionMin = 15;

    private readonly PostgresStoreOptions _options;
    private readonly NpgsqlDataSource _source;

    /// <exception cref="ArgumentException">The connection string cannot be read.</exception>
    public Database(PostgresStoreOptions options)
    {
        _options = options;
        var settings = Parse(options);
        Failures = new PostgresFailures(options.ConnectionSetting, settings);
        settings.Options = string.Join(' ', new[] { settings.Options, SessionSettings(options) }.Where(part => !string.IsNullOrWhiteSpace(part)));
        settings.Timeout = Math.Max(1, (int)Math.Ceiling(options.ConnectTimeout.TotalSeconds));
        settings.CommandTimeout = Math.Max(1, (int)Math.Ceiling(options.CommandTimeout.TotalSeconds));
        settings.MaxPoolSize = options.ConnectionsMax;
        settings.ApplicationName ??= "silo";
        // A statement is prepared at its second use, and the constant texts of this program all fit.
        settings.MaxAutoPrepare = 100;
        settings.AutoPrepareMinUsages = 2;
        settings.IncludeErrorDetail = true;
        _source = NpgsqlDataSource.Create(settings);
    }

    /// <summary>How errors of this database are told.</summary>
    public PostgresFailures Failures { get; }

    public string Name => Failures.Place;

    /// <summary>Checks the server and brings the schema up to date.</summary>
    /// <exception cref="StoreRefusedException">It cannot be used by this program with these settings; the message names the setting and the remedy.</exception>
    /// <exception cref="StoreUnavailableException">The server is not there, or not ready.</exception>
    public void Prepare()
    {
        try
        {
            using var connection = _source.OpenConnection();
            Check(connection);
            Migration.ApplyMissing(connection, Name);
        }
        catch (Exception error) when (error is NpgsqlException or TimeoutException or IOException)
        {
            throw Failures.AtOpening(error);
        }
    }

    public ValueTask<NpgsqlConnection> ConnectAsync(CancellationToken cancellationToken) => _source.OpenConnectionAsync(cancellationToken);

    /// <summary>Forgets idle connections: after one was lost, the others to the same server mostly are too.</summary>
    public void ForgetIdle() => _source.Clear();

    public ValueTask DisposeAsync() => _source.DisposeAsync();

    public void Dispose() => _source.Dispose();

    /// <exception cref="StoreRefusedException">The server is too old.</exception>
    public void CheckVersion(Version version)
    {
        if (version.Major < ServerVersionMin)
        {
            throw new StoreRefusedException(
                $"{Name} runs PostgreSQL {version}; {ServerVersionMin} or newer is needed. Upgrade the server, or name another one in {_options.ConnectionSetting}.");
        }
    }

    private void Check(NpgsqlConnection connection)
    {
        CheckVersion(connection.PostgreSqlVersion);
        using var command = new NpgsqlCommand("SELECT pg_is_in_recovery()", connection);
        if (command.ExecuteScalar() is true)
        {
            throw new StoreUnavailableException(
                $"{Name} is a read-only replica. Name the primary in {_options.ConnectionSetting}, for example with Target Session Attributes=primary and every host listed.");
        }
    }

    private static NpgsqlConnectionStringBuilder Parse(PostgresStoreOptions options)
    {
        try
        {
            return new NpgsqlConnectionStringBuilder(options.ConnectionString);
        }
        catch (Exception error) when (error is ArgumentException or FormatException)
        {
            throw new ArgumentException(
                $"{options.ConnectionSetting} cannot be read: {error.Message} A form like Host=localhost;Port=5432;Username=silo;Password=…;Database=silo is expected.", error);
        }
    }

    // Durability is ours to promise, so no role or database setting may weaken it. Every statement here goes by an index and a key; a plan that reads a
    // whole table, made while statistics are young, would stand in the way of everybody.
    private static string SessionSettings(PostgresStoreOptions options) => string.Create(CultureInfo.InvariantCulture, $"""
        -c synchronous_commit=on -c lock_timeout={(long)options.LockTimeout.TotalMilliseconds} -c jit=off -c plan_cache_mode=force_generic_plan
        -c enable_seqscan=off -c enable_hashjoin=off -c enable_mergejoin=off -c idle_in_transaction_session_timeout=60000
        """).ReplaceLineEndings(" ");
}
