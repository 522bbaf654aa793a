using Npgsql;
using Silo.Storage.Postgres.Sql;

namespace Silo.Storage.Postgres.Writing;

/// <summary>A transaction of the rarer writes, statement by statement.</summary>
internal sealed class WriteTransaction(NpgsqlConnection connection, CancellationToken cancellationToken)
{
    /// <returns>The rows that were changed.</returns>
    public async Task<int> RunAsync(string sql, params NpgsqlParameter[] parameters)
    {
        await using var command = connection.Statement(sql, parameters);
        return await command.ExecuteNonQueryAsync(cancellationToken);
    }

    /// <returns>Every row of the only result.</returns>
    public async Task<List<T>> ReadAsync<T>(Func<RowReader, T> read, string sql, params NpgsqlParameter[] parameters)
    {
        await using var command = connection.Statement(sql, parameters);
        return await command.ReadAllAsync(read, cancellationToken);
    }

    /// <returns>Whether there is a row.</returns>
    public async Task<bool> AnyAsync(string sql, params NpgsqlParameter[] parameters)
    {
        await using var command = connection.Statement(sql, parameters);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        return await reader.ReadAsync(cancellationToken);
    }
}
