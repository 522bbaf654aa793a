using Npgsql;
using Silo.Benchmarks.Measuring;
using Silo.Core.Tasks;
using Silo.Testing.Postgres;

namespace Silo.Benchmarks.Postgres;

/// <summary>What became of every task, read from a table that nobody writes to any more.</summary>
internal static class PostgresAudit
{
    /// <param name="table">Has the columns id, state and result, states as Silo numbers them.</param>
    /// <param name="acknowledged">Ids grow: a row below the first of these was there before, and is not looked at.</param>
    /// <param name="resultBytes">Length of every result.</param>
    public static async Task<Ledger> RunAsync(
        PostgresDatabase database,
        string table,
        IReadOnlyCollection<TaskId> acknowledged,
        IReadOnlyCollection<TaskId> runs,
        IReadOnlyCollection<TaskId> outcomes,
        int resultBytes)
    {
        List<(TaskId Id, bool Done)> rows = new(acknowledged.Count);
        await using var connection = new NpgsqlConnection(database.ConnectionString + ";Pooling=false");
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand($"select id, state = 2 and length(result) = $1 from {table} where id >= $2", connection)
        {
            CommandTimeout = 0,
            Parameters = { new() { Value = resultBytes }, new() { Value = acknowledged.Min().Value } },
        };
        await using var reader = await command.ExecuteReaderAsync();
        while (await reader.ReadAsync())
        {
            rows.Add((new TaskId(reader.GetGuid(0)), !await reader.IsDBNullAsync(1) && reader.GetBoolean(1)));
        }

        return Ledger.Of(rows, acknowledged, runs, outcomes);
    }
}
