using Npgsql;

namespace Silo.Cli.Doctor;

/// <summary>What a PostgreSQL server says of itself and of this user.</summary>
internal sealed record PostgresFacts
{
    /// <summary>Its parts as one number: 150003 is 15.3.</summary>
    public int Version { get; init; } = PostgresCheck.VersionMin * 10_000;

    public string VersionText { get; init; } = "";

    public string User { get; init; } = "";

    public string Database { get; init; } = "";

    public bool IsReplica { get; init; }

    public bool IsReadOnly { get; init; }

    /// <summary>Whether this user may write Silo's tables, or make them where they are not there yet.</summary>
    public bool MayUse { get; init; } = true;

    /// <summary>Whether Silo's tables are there.</summary>
    public bool HasTables { get; init; } = true;

    /// <summary>Of Silo's tables; null when they are not there, or this user may not read them.</summary>
    public long? SchemaVersion { get; init; }

    public bool Fsync { get; init; } = true;

    public bool FullPageWrites { get; init; } = true;

    public string SynchronousCommit { get; init; } = "on";

    /// <summary>How much later the server's time was than this machine's.</summary>
    public TimeSpan Ahead { get; init; }

    public TimeSpan RoundTrip { get; init; }

    public static async Task<PostgresFacts> ReadAsync(NpgsqlConnection connection, TimeProvider time, CancellationToken cancellationToken)
    {
        const string sql = """
            select current_setting('server_version_num')::int, current_setting('server_version'), current_user::text, current_database()::text,
                   pg_is_in_recovery(), current_setting('transaction_read_only') = 'on',
                   current_setting('fsync') = 'on', current_setting('full_page_writes') = 'on', current_setting('synchronous_commit'),
                   tasks.oid is not null,
                   case when tasks.oid is not null then has_schema_privilege(tasks.schema, 'usage') and has_table_privilege(tasks.oid, 'insert') and has_table_privilege(tasks.oid, 'update')
                        else has_database_privilege(current_database(), 'create') end
            from (values (0)) as one
            left join (select table_.oid, table_.relnamespace as schema from pg_class table_ join pg_namespace schema_ on schema_.oid = table_.relnamespace
                       where schema_.nspname = 'silo' and table_.relname = 'tasks') as tasks on true
            """;
        PostgresFacts facts;
        await using (var command = new NpgsqlCommand(sql, connection))
        await using (var reader = await command.ExecuteReaderAsync(cancellationToken))
        {
            await reader.ReadAsync(cancellationToken);
            facts = new PostgresFacts
            {
                Version = reader.GetInt32(0),
                VersionText = reader.GetString(1),
                User = reader.GetString(2),
                Database = reader.GetString(3),
                IsReplica = reader.GetBoolean(4),
                IsReadOnly = reader.GetBoolean(5),
                Fsync = reader.GetBoolean(6),
                FullPageWrites = reader.GetBoolean(7),
                SynchronousCommit = reader.GetString(8),
                HasTables = reader.GetBoolean(9),
                MayUse = reader.GetBoolean(10),
            };
        }

        var asked = time.GetUtcNow();
        var started = time.GetTimestamp();
        var now = await ReadAsync<DateTime>(connection, "select clock_timestamp()", cancellationToken);
        return facts with
        {
            SchemaVersion = facts is { HasTables: true, MayUse: true } ? await ReadAsync<long>(connection, "select coalesce(max(version), 0)::bigint from silo.schema_versions", cancellationToken) : null,
            Ahead = now - asked.UtcDateTime,
            RoundTrip = time.GetElapsedTime(started),
        };
    }

    private static async Task<T> ReadAsync<T>(NpgsqlConnection connection, string sql, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        return (T)(await command.ExecuteScalarAsync(cancellationToken))!;
    }
}
