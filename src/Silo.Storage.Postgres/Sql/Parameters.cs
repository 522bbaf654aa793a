using Npgsql;
using NpgsqlTypes;
using Silo.Core.Tasks;

namespace Silo.Storage.Postgres.Sql;

/// <summary>Parameters by position, each with its type, so that a null has one too and a prepared statement never changes.</summary>
internal static class Parameters
{
    public static NpgsqlCommand Statement(this NpgsqlConnection connection, string sql, params ReadOnlySpan<NpgsqlParameter> parameters)
    {
        var command = new NpgsqlCommand(sql, connection);
        foreach (var parameter in parameters)
        {
            command.Parameters.Add(parameter);
        }

        return command;
    }

    /// <summary>Every row of the only result.</summary>
    public static async Task<List<T>> ReadAllAsync<T>(this NpgsqlCommand command, Func<RowReader, T> read, CancellationToken cancellationToken = default)
    {
        List<T> rows = [];
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var row = new RowReader(reader);
        while (await row.NextAsync(cancellationToken))
        {
            rows.Add(read(row));
        }

        return rows;
    }

    public static void Add(this NpgsqlBatch batch, string sql, params ReadOnlySpan<NpgsqlParameter> parameters)
    {
        var command = new NpgsqlBatchCommand(sql);
        foreach (var parameter in parameters)
        {
            command.Parameters.Add(parameter);
        }

        batch.BatchCommands.Add(command);
    }

    public static NpgsqlParameter Of(string? value) => Typed(NpgsqlDbType.Text, value);

    public static NpgsqlParameter Of(int value) => new NpgsqlParameter<int> { TypedValue = value, NpgsqlDbType = NpgsqlDbType.Integer };

    public static NpgsqlParameter OfSmall(int value) => new NpgsqlParameter<short> { TypedValue = (short)value, NpgsqlDbType = NpgsqlDbType.Smallint };

    public static NpgsqlParameter Of(int? value) => Typed(NpgsqlDbType.Integer, value);

    public static NpgsqlParameter Of(long value) => new NpgsqlParameter<long> { TypedValue = value, NpgsqlDbType = NpgsqlDbType.Bigint };

    public static NpgsqlParameter Of(bool value) => new NpgsqlParameter<bool> { TypedValue = value, NpgsqlDbType = NpgsqlDbType.Boolean };

    public static NpgsqlParameter Of(ReadOnlyMemory<byte> value) => new NpgsqlParameter<ReadOnlyMemory<byte>> { TypedValue = value, NpgsqlDbType = NpgsqlDbType.Bytea };

    public static NpgsqlParameter OfBytes(byte[]? value) => Typed(NpgsqlDbType.Bytea, value);

    public static NpgsqlParameter Of(TaskId value) => new NpgsqlParameter<Guid> { TypedValue = value.Value, NpgsqlDbType = NpgsqlDbType.Uuid };

    public static NpgsqlParameter Of(StoredState? value) => Typed(NpgsqlDbType.Smallint, (short?)value);

    public static NpgsqlParameter Of(DateTimeOffset value) => new NpgsqlParameter<DateTime> { TypedValue = value.UtcDateTime, NpgsqlDbType = NpgsqlDbType.TimestampTz };

    public static NpgsqlParameter Of(DateTimeOffset? value) => Typed(NpgsqlDbType.TimestampTz, value?.UtcDateTime);

    public static NpgsqlParameter Of(TimeSpan value) => new NpgsqlParameter<TimeSpan> { TypedValue = value, NpgsqlDbType = NpgsqlDbType.Interval };

    public static NpgsqlParameter Json(string? value) => Typed(NpgsqlDbType.Jsonb, value);

    public static NpgsqlParameter Of(Guid[] values) => new NpgsqlParameter<Guid[]> { TypedValue = values, NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Uuid };

    public static NpgsqlParameter Of(long[] values) => new NpgsqlParameter<long[]> { TypedValue = values, NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Bigint };

    public static NpgsqlParameter Of(int[] values) => new NpgsqlParameter<int[]> { TypedValue = values, NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Integer };

    /// <param name="values">As <see cref="ServerTime"/> has them.</param>
    public static NpgsqlParameter OfTimes(long[] values) => new NpgsqlParameter<long[]> { TypedValue = values, NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.TimestampTz };

    /// <param name="value">As <see cref="ServerTime"/> has it.</param>
    public static NpgsqlParameter OfTime(long value) => new NpgsqlParameter<long> { TypedValue = value, NpgsqlDbType = NpgsqlDbType.TimestampTz };

    public static NpgsqlParameter Of(string[] values) => new NpgsqlParameter<string[]> { TypedValue = values, NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Text };

    /// <summary>In the order given.</summary>
    public static NpgsqlParameter Of(IReadOnlyList<TaskId> ids)
    {
        var values = new Guid[ids.Count];
        for (var index = 0; index < values.Length; index++)
        {
            values[index] = ids[index].Value;
        }

        return Of(values);
    }

    private static NpgsqlParameter Typed(NpgsqlDbType type, object? value) => new() { NpgsqlDbType = type, Value = value ?? DBNull.Value };
}
