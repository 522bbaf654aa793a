using System.Buffers;
using System.Text;
using Microsoft.Data.Sqlite;
using Silo.Core.Tasks;
using SQLitePCL;

namespace Silo.Storage.Sqlite.Sql;

/// <summary>A prepared statement whose parameters are bound, and whose columns are read, one after the other.</summary>
/// <remarks>It uses the handles below Microsoft.Data.Sqlite: a command there boxes every value and looks every parameter up by name at every execution,
/// which costs more than SQLite's own work for one row.</remarks>
internal sealed class Statement : IDisposable
{
    private const int StackBytesMax = 512;

    /// <summary>A longer text is not remembered: it would be kept alive for a chance to save one copy of it.</summary>
    private const int KeptTextLengthMax = 256;

    private readonly sqlite3 _connection;
    private readonly sqlite3_stmt _handle;

    // SQLite keeps what is bound from one execution to the next, and most values of a batch are those of the row before.
    private readonly Kept[] _kept;
    private int _bound;
    private int _read;

    public Statement(sqlite3 connection, string sql)
    {
        _connection = connection;
        Check(raw.sqlite3_prepare_v3(connection, sql, raw.SQLITE_PREPARE_PERSISTENT, out _handle));
        _kept = new Kept[raw.sqlite3_bind_parameter_count(_handle)];
    }

    /// <summary>Ends an earlier execution and begins binding at the first parameter.</summary>
    public Statement Start()
    {
        Reset();
        _bound = 0;
        return this;
    }

    public Statement Bind(long value)
    {
        ref var kept = ref _kept[_bound++];
        if (kept.Kind != KeptKind.Number || kept.Number != value)
        {
            kept = default;
            Check(raw.sqlite3_bind_int64(_handle, _bound, value));
            kept = new Kept(KeptKind.Number, value, null);
        }

        return this;
    }

    public Statement Bind(double value)
    {
        _kept[_bound] = default;
        Check(raw.sqlite3_bind_double(_handle, ++_bound, value));
        return this;
    }

    public Statement Bind(bool value) => Bind(value ? 1L : 0L);

    public Statement Bind(StoredState value) => Bind((long)value);

    public Statement Bind(TimeSpan value) => Bind((long)value.TotalMilliseconds);

    public Statement Bind(DateTimeOffset value) => Bind(value.ToUnixTimeMilliseconds());

    public Statement Bind(DateTimeOffset? value) => value is { } time ? Bind(time) : BindNull();

    public Statement Bind(TaskId value)
    {
        Span<byte> bytes = stackalloc byte[16];
        value.Value.TryWriteBytes(bytes, bigEndian: true, out _);
        return BindBlob(bytes);
    }

    public Statement Bind(TaskId? value) => value is { } id ? Bind(id) : BindNull();

    public Statement Bind(string? value)
    {
        if (value is null)
        {
            return BindNull();
        }

        ref var kept = ref _kept[_bound];
        if (kept.Kind == KeptKind.Text && kept.Text == value)
        {
            _bound++;
            return this;
        }

        kept = default;
        var bytesMax = Encoding.UTF8.GetMaxByteCount(value.Length);
        var rented = bytesMax > StackBytesMax ? ArrayPool<byte>.Shared.Rent(bytesMax) : null;
        Span<byte> bytes = rented ?? stackalloc byte[StackBytesMax];
        // The length goes with the bytes, so that a zero character inside does not cut the text.
        var rc = raw.sqlite3_bind_text(_handle, ++_bound, bytes[..Encoding.UTF8.GetBytes(value, bytes)]);
        if (rented is not null)
        {
            ArrayPool<byte>.Shared.Return(rented);
        }

        Check(rc);
        kept = new Kept(KeptKind.Text, 0, value.Length <= KeptTextLengthMax ? value : null);
        return this;
    }

    public Statement BindBlob(ReadOnlySpan<byte> value)
    {
        _kept[_bound] = default;
        Check(raw.sqlite3_bind_blob(_handle, ++_bound, value));
        return this;
    }

    public Statement BindBlobOrNull(ReadOnlySpan<byte> value) => value.IsEmpty ? BindNull() : BindBlob(value);

    public Statement BindNull()
    {
        ref var kept = ref _kept[_bound++];
        if (kept.Kind != KeptKind.Null)
        {
            Check(raw.sqlite3_bind_null(_handle, _bound));
            kept = new Kept(KeptKind.Null, 0, null);
        }

        return this;
    }

    /// <summary>Moves to the next row; at the end, the statement is free again.</summary>
    /// <exception cref="SqliteException">The statement failed and changed nothing.</exception>
    public bool Step()
    {
        _read = 0;
        var rc = raw.sqlite3_step(_handle);
        if (rc == raw.SQLITE_ROW)
        {
            return true;
        }

        if (rc != raw.SQLITE_DONE)
        {
            Fail(rc);
        }

        Reset();
        return false;
    }

    /// <summary>Executes a statement that returns no rows.</summary>
    public void Run()
    {
        while (Step())
        {
            // A pragma may answer with the value it set.
        }
    }

    public long ReadInt64() => raw.sqlite3_column_int64(_handle, _read++);

    public int ReadInt32() => (int)ReadInt64();

    public bool ReadBool() => ReadInt64() != 0;

    public double ReadDouble() => raw.sqlite3_column_double(_handle, _read++);

    public StoredState ReadState() => (StoredState)ReadInt64();

    public TimeSpan ReadDuration() => TimeSpan.FromMilliseconds(ReadInt64());

    public DateTimeOffset ReadTime() => DateTimeOffset.FromUnixTimeMilliseconds(ReadInt64());

    public DateTimeOffset? ReadTimeOrNull() => SkipNull() ? null : ReadTime();

    public int? ReadInt32OrNull() => SkipNull() ? null : ReadInt32();

    public TaskId ReadId() => new(new Guid(ReadBytes(), bigEndian: true));

    public TaskId? ReadIdOrNull() => SkipNull() ? null : ReadId();

    public string ReadText() => Encoding.UTF8.GetString(ReadBytes());

    public string? ReadTextOrNull() => SkipNull() ? null : ReadText();

    public byte[] ReadBlob() => ReadBytes().ToArray();

    /// <summary>The bytes of a blob or of a text; gone with the next step. Empty for NULL.</summary>
    public ReadOnlySpan<byte> ReadBytes() => raw.sqlite3_column_blob(_handle, _read++);

    /// <summary>Ends the execution: a statement left on a row keeps its read transaction open.</summary>
    public void Reset() => raw.sqlite3_reset(_handle); // Its code repeats the last step's failure, which was thrown there.

    public void Dispose() => _handle.Dispose();

    private bool SkipNull()
    {
        if (raw.sqlite3_column_type(_handle, _read) != raw.SQLITE_NULL)
        {
            return false;
        }

        _read++;
        return true;
    }

    private void Check(int rc)
    {
        if (rc != raw.SQLITE_OK)
        {
            SqliteException.ThrowExceptionForRC(rc, _connection);
        }
    }

    private void Fail(int rc)
    {
        try
        {
            SqliteException.ThrowExceptionForRC(rc, _connection);
        }
        finally
        {
            Reset();
        }
    }

    private enum KeptKind
    {
        /// <summary>Something that is not compared.</summary>
        Other,
        Null,
        Number,
        Text,
    }

    private readonly record struct Kept(KeptKind Kind, long Number, string? Text);
}
