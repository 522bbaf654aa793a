using System.Text;
using Npgsql;
using Silo.Core.Tasks;

namespace Silo.Storage.Postgres.Sql;

/// <summary>Reads the columns of a row from left to right.</summary>
internal sealed class RowReader(NpgsqlDataReader reader)
{
    private int _column;

    /// <summary>Moves to the first column of the next row.</summary>
    public async ValueTask<bool> NextAsync(CancellationToken cancellationToken)
    {
        _column = 0;
        return await reader.ReadAsync(cancellationToken);
    }

    public bool ReadBool() => reader.GetBoolean(_column++);

    public int ReadInt32() => reader.GetInt32(_column++);

    public int? ReadInt32OrNull() => IsNull() ? null : ReadInt32();

    public long ReadInt64() => reader.GetInt64(_column++);

    public long? ReadInt64OrNull() => IsNull() ? null : ReadInt64();

    public double? ReadDoubleOrNull() => IsNull() ? null : reader.GetDouble(_column++);

    public string ReadText() => reader.GetString(_column++);

    public string? ReadTextOrNull() => IsNull() ? null : ReadText();

    public TaskId ReadId() => new(reader.GetGuid(_column++));

    public TaskId? ReadIdOrNull() => IsNull() ? null : ReadId();

    public StoredState ReadState() => (StoredState)reader.GetInt16(_column++);

    public int ReadInt16() => reader.GetInt16(_column++);

    public DateTimeOffset ReadTime() => new(reader.GetDateTime(_column++));

    public DateTimeOffset? ReadTimeOrNull() => IsNull() ? null : ReadTime();

    public byte[] ReadBlob() => IsNull() ? [] : reader.GetFieldValue<byte[]>(_column++);

    public Guid[] ReadIds() => reader.GetFieldValue<Guid[]>(_column++);

    public long[] ReadNumbers() => reader.GetFieldValue<long[]>(_column++);

    /// <summary>UTF-8; empty for null.</summary>
    public byte[] ReadJson() => IsNull() ? [] : Encoding.UTF8.GetBytes(ReadText());

    /// <summary>Skips the column when it is null.</summary>
    private bool IsNull()
    {
        if (!reader.IsDBNull(_column))
            return false;
        _column++;
        return true;
    }
}
