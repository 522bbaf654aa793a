using System.Text;
using Npgsql;
using NpgsqlTypes;
using Silo.Benchmarks.Servers;
using Silo.Core.Tasks;
using Silo.Testing.Postgres;

namespace Silo.Benchmarks.Enqueue;

/// <summary>A session of another program: it enqueues tasks, or inserts the same jobs into a table of its own, one to a transaction.</summary>
internal sealed class Caller : IAsyncDisposable
{
    /// <summary>A program's own table of jobs, as most have it: a key of its own making, defaults for what few jobs have, and no other index.</summary>
    public const string PlainTable = """
        CREATE TABLE public.plain (
            id           bigint      GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
            type         text        NOT NULL,
            queue        text        NOT NULL DEFAULT 'default',
            priority     integer     NOT NULL DEFAULT 50,
            attempts_max integer     NOT NULL DEFAULT 3,
            run_at       timestamptz NOT NULL DEFAULT now(),
            created_at   timestamptz NOT NULL DEFAULT now(),
            payload      jsonb)
        """;

    private readonly NpgsqlConnection _connection;
    private readonly NpgsqlCommand _enqueue;
    private readonly NpgsqlCommand _insert;
    private readonly List<TaskId> _enqueued = [];

    private Caller(NpgsqlConnection connection, string payload)
    {
        _connection = connection;
        // The type is written out in both, as programs do that enqueue one kind of task at one place.
        _enqueue = Command($"SELECT silo.enqueue('{EchoHandler.Type}', $1)");
        _insert = Command($"INSERT INTO public.plain (type, payload) VALUES ('{EchoHandler.Type}', $1) RETURNING id");

        NpgsqlCommand Command(string sql) => new(sql, connection) { Parameters = { new() { Value = payload, NpgsqlDbType = NpgsqlDbType.Jsonb } } };
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

    public async Task InsertAsync() => await _insert.ExecuteScalarAsync();

    public async ValueTask DisposeAsync()
    {
        await _enqueue.DisposeAsync();
        await _insert.DisposeAsync();
        await _connection.DisposeAsync();
    }
}
