using Silo.Core.Storage;
using Silo.Core.Tasks;
using Silo.Storage.Sqlite.Rows;
using Silo.Storage.Sqlite.Writing;

namespace Silo.Storage.Sqlite.Tasks;

/// <summary>Stores new tasks; what is there already, by id or by key, is answered and not touched.</summary>
internal static class InsertTasks
{
    private const string Insert = """
        INSERT INTO tasks (id, queue, type, priority, run_at, timeout_ms, attempts_max, backoff_initial_ms, backoff_factor, backoff_max_ms, backoff_jitter,
            created_at, idempotency_key, correlation_id, parent_id, user, labels, placement, payload)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
        ON CONFLICT (id) DO NOTHING
        """;

    public static IReadOnlyList<InsertAnswer> Execute(WriteTransaction transaction, IReadOnlyList<NewTaskRow> rows, TimeSpan keyLifetime)
    {
        var answers = new InsertAnswer[rows.Count];
        for (var index = 0; index < rows.Count; index++)
        {
            answers[index] = rows[index].Fingerprint is { } fingerprint
                ? InsertKeyed(transaction, rows[index], fingerprint, keyLifetime)
                : InsertOne(transaction, rows[index]);
        }

        return answers;
    }

    private static InsertAnswer InsertKeyed(WriteTransaction transaction, in NewTaskRow row, byte[] fingerprint, TimeSpan lifetime)
    {
        if (IdempotencyKeys.Find(transaction, row.Spec.IdempotencyKey!) is { } kept)
        {
            return new InsertAnswer(kept.Judge(row.Spec.Id, fingerprint), kept.Id, kept.Number);
        }

        var answer = InsertOne(transaction, row);
        IdempotencyKeys.Save(transaction, row.Spec.IdempotencyKey!, answer, fingerprint, lifetime);
        return answer;
    }

    private static InsertAnswer InsertOne(WriteTransaction transaction, in NewTaskRow row)
    {
        var spec = row.Spec;
        transaction.Prepare(Insert)
            .Bind(spec.Id).Bind(spec.Queue).Bind(spec.Type).Bind(spec.Priority).Bind(spec.RunAt).Bind(spec.Timeout)
            .Bind(spec.Retry.AttemptsMax).Bind(spec.Retry.BackoffInitial).Bind(spec.Retry.BackoffFactor).Bind(spec.Retry.BackoffMax).Bind(spec.Retry.Jitter)
            .Bind(transaction.Now).Bind(spec.IdempotencyKey).Bind(spec.CorrelationId).Bind(spec.ParentId).Bind(spec.User)
            .Bind(row.Labels).Bind(row.Placement).BindBlobOrNull(spec.Payload.Span)
            .Run();
        if (transaction.Session.Changes == 0)
        {
            return new InsertAnswer(InsertKind.Inserted, spec.Id, NumberOf(transaction, spec.Id));
        }

        transaction.Counters.Added(spec.Queue, StoredState.Waiting);
        return new InsertAnswer(InsertKind.Inserted, spec.Id, transaction.Session.LastInsertedNumber);
    }

    private static long NumberOf(WriteTransaction transaction, TaskId id)
    {
        var row = transaction.Prepare("SELECT number FROM tasks WHERE id = ?").Bind(id);
        return row.Step() ? row.ReadInt64() : throw new InvalidOperationException($"Task {id} was refused as present and is absent.");
    }
}
