using Npgsql;

namespace Silo.Testing.Postgres;

/// <summary>A database of one test, dropped with its connections on disposal.</summary>
public sealed class PostgresDatabase : IAsyncDisposable
{
    internal PostgresDatabase(PostgresServer server, string name) => (Server, Name) = (server, name);

    public PostgresServer Server { get; }

    public string Name { get; }

    /// <summary>Keywords as Npgsql reads them, for the superuser.</summary>
    public string ConnectionString => Server.ConnectionString(Name);

    /// <summary>The same as a URL.</summary>
    public string Url => Server.Url(Name);

    /// <summary>Runs statements as superuser on a connection of their own.</summary>
    public Task ExecuteAsync(string sql) => Server.ExecuteAsync(sql, Name);

    /// <summary>The first value of the first row, read on a connection of its own.</summary>
    public async Task<T> ReadAsync<T>(string sql)
    {
        await using var connection = new NpgsqlConnection(ConnectionString + ";Pooling=false");
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(sql, connection);
        return (T)(await command.ExecuteScalarAsync())!;
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync() => await Server.ExecuteAsync($"drop database if exists {Name} with (force)");
}
