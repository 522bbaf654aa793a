using Npgsql;
using NpgsqlTypes;
using Silo.Core.Tasks;
using Silo.Testing.Postgres;

namespace Silo.Benchmarks.Ceiling;

/// <summary>The table of the bare pipeline: what a task's row cannot do without, its primary key, and one partial index in the order of starting.</summary>
internal static class BareTable
{
    public const string Name = "bare.tasks";

    private const string Schema = """
        create schema bare;
        create table bare.tasks (
            state smallint not null default 0, priority smallint not null, attempt integer not null default 1, attempts_max integer not null,
            run_at timestamptz not null, created_at timestamptz not null default now(), id uuid not null primary key,
            queue text not null, type text not null, started_at timestamptz, finished_at timestamptz, node text, payload bytea, result bytea);
        create index tasks_waiting on bare.tasks (queue, priority, run_at, id) where state = 0;
        """;

    private const string InsertSql = """
        insert into bare.tasks (id, queue, type, priority, run_at, attempts_max, payload)
        select id, 'default', 'echo', 50, run_at, 3, payload from unnest($1, $2, $3) as new (id, run_at, payload)
        """;

    private const string FinishSql = """
        update bare.tasks t set state = 2, node = 'bare', started_at = new.started_at, finished_at = now(), result = new.result
        from unnest($1, $2, $3) as new (id, started_at, result) where t.id = new.id and t.state = 0
        """;

    public static Task CreateAsync(PostgresDatabase database) => database.ExecuteAsync(Schema);

    /// <summary>One batch in a commit of its own.</summary>
    public static async Task InsertAsync(NpgsqlConnection connection, IReadOnlyList<BareTask> tasks)
    {
        await using var command = Statement(connection, InsertSql, tasks, task => task.RunAt, task => task.Payload);
        await RunAsync(command, tasks.Count);
    }

    /// <summary>The outcomes of one batch in a commit of its own.</summary>
    public static async Task FinishAsync(NpgsqlConnection connection, IReadOnlyList<BareTask> tasks)
    {
        await using var command = Statement(connection, FinishSql, tasks, task => task.StartedAt, task => task.Result);
        await RunAsync(command, tasks.Count);
    }

    private static NpgsqlCommand Statement(
        NpgsqlConnection connection, string sql, IReadOnlyList<BareTask> tasks, Func<BareTask, DateTime> time, Func<BareTask, byte[]> bytes)
    {
        var (ids, times, contents) = (new Guid[tasks.Count], new DateTime[tasks.Count], new byte[tasks.Count][]);
        for (var index = 0; index < tasks.Count; index++)
        {
            (ids[index], times[index], contents[index]) = (tasks[index].Id.Value, time(tasks[index]), bytes(tasks[index]));
        }

        return new NpgsqlCommand(sql, connection)
        {
            Parameters =
            {
                new() { Value = ids, NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Uuid },
                new() { Value = times, NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.TimestampTz },
                new() { Value = contents, NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Bytea },
            },
        };
    }

    private static async Task RunAsync(NpgsqlCommand command, int rows)
    {
        if (await command.ExecuteNonQueryAsync() is var changed && changed != rows)
            throw new InvalidOperationException($"A batch of {rows} rows changed {changed}: the bare pipeline is broken.");
    }
}

/// <summary>One task of the bare pipeline on its way from insert to outcome.</summary>
internal sealed class BareTask(TaskId id, DateTime runAt, byte[] payload)
{
    public TaskId Id => id;

    public DateTime RunAt => runAt;

    public byte[] Payload => payload;

    public DateTime StartedAt { get; set; }

    public byte[] Result { get; set; } = [];
}
