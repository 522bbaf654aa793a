using Silo.Core.Tasks;
using Silo.Storage.Sqlite.Sql;

namespace Silo.Benchmarks.Bare;

/// <summary>One task of the bare pipeline on its way from insert to outcome.</summary>
internal sealed class BareRow(TaskId id, byte[] payload)
{
    private const string InsertSql = """
        INSERT INTO tasks (id, queue, type, priority, run_at, timeout_ms, attempts_max, backoff_initial_ms, backoff_factor, backoff_max_ms, backoff_jitter, created_at, payload)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
        """;

    private const string FinishSql = "UPDATE tasks SET state = 2, node = ?, incarnation = 1, started_at = ?, finished_at = ?, result = ? WHERE number = ? AND state = 0";

    private long _number;

    public TaskId Id { get; } = id;

    public byte[] Payload { get; } = payload;

    public DateTimeOffset StartedAt { get; set; }

    public byte[] Result { get; set; } = [];

    public void Insert(Session session, DateTimeOffset now)
    {
        session.Prepare(InsertSql)
            .Bind(Id).Bind("default").Bind("echo").Bind(50).Bind(now).Bind(3_600_000).Bind(3).Bind(1000).Bind(2.0).Bind(300_000).Bind(0.2).Bind(now).BindBlob(Payload)
            .Run();
        _number = session.LastInsertedNumber;
    }

    public void Finish(Session session, DateTimeOffset now) =>
        session.Prepare(FinishSql).Bind("bare").Bind(StartedAt).Bind(now).BindBlob(Result).Bind(_number).Run();
}
