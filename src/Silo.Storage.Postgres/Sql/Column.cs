using Npgsql;
using NpgsqlTypes;

namespace Silo.Storage.Postgres.Sql;

/// <summary>One column of a batch of rows, sent as an array. A column in which no row has a value is sent as a null, which costs nothing.</summary>
internal sealed class Column<T>(NpgsqlDbType element, int rows)
{
    private T[]? _values;

    /// <summary>Rows that are not set are null, or the default of a type that has none.</summary>
    public void Set(int row, T value) => (_values ??= new T[rows])[row] = value;

    public NpgsqlParameter ToParameter() => new() { NpgsqlDbType = NpgsqlDbType.Array | element, Value = (object?)_values ?? DBNull.Value };
}
