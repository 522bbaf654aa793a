using System.Text;
using Npgsql;
using NpgsqlTypes;
using Silo.Benchmarks.Servers;
using Silo.Core.Queues;
using Silo.Core.Tasks;
using Silo.Testing.Postgres;

namespace Silo.Benchmarks.Enqueue;

/// <summary>A session of another program: it enqueues tasks, or inserts the same row into a table of its own, one to a transaction.</summary>
internal sealed class Caller : IAsyncDisposable
{
    /// <summary>Has the columns and the primary key of the table that <c>silo.enqueue</c> writes to.</summary>
    public const string PlainTable = "CREATE TABLE public.plain (LIKE silo.inbox INCLUDING DEFAULTS INCLUDING IDENTITY, PRIMARY KEY (number))";

    private readonly NpgsqlConnection _connection;
    private readonly NpgsqlCommand _enqueue;
    private readonly NpgsqlCommand _insert;
    private readonly List<TaskId> _enqueued = [];

    private Caller(NpgsqlConnection connection, string payload)
    {
        _connection = connection;
        _enqueue = new NpgsqlCommand("SELECT silo.enqueue($1, $2)", connection)
        {
            Parameters = { new() { Value = EchoHandler.Type }, new() { Value = payload, NpgsqlDbType = NpgsqlDbType.Jsonb } },
        };
        _insert = new NpgsqlCommand("INSERT INTO public.plain (id, type, queue, priority, attempts_max, payload) VALUES ($1, $2, $3, $4, $5, $6)", connection)
        {
            Parameters =
            {
                new() { NpgsqlDbType = NpgsqlDbType.Uuid }, new() { Value = EchoHandler.Type }, new() { Value = QueueSettings.DefaultName },
                new() { Value = (short)50 }, new() { Value = 3 }, new() { Value = payload },
            },
        };
    }

    public IReadOnlyCollection<TaskId> Enqueued => _enqueued;

    /// <summary>Connects and makes each kind of call once, so that no round has the first.</summary>
    public static async Task<Caller> ConnectAsync(PostgresDatabase database, int payloadBytes, CancellationToken cancellationToken)
    {
        var connection = new NpgsqlConnection(database.ConnectionString + ";Pooling=false;Timeout=300;Command Timeout=300");
        await connection.OpenAsync(cancellationToken);
        var caller = new Caller(connection, Encoding.UTF8.GetString(Payloads.OfBytes(payloadBytes)));
        await caller._enqueue.PrepareAsync(cancellationToken);
        await caller._insert.PrepareAsync(cancellationToken);
        await caller.EnqueueAsync();
        await caller.InsertAsync();
        return caller;
    }

    public async Task EnqueueAsync() => _enqueued.Add(new TaskId((Guid)(await _enqueue.ExecuteScalarAsync())!));

    public async Task InsertAsync()
    {
        _insert.Parameters[0].Value = Guid.CreateVersion7();
        await _insert.ExecuteNonQueryAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await _enqueue.DisposeAsync();
        await _insert.DisposeAsync();
        await _connection.DisposeAsync();
    }
}
