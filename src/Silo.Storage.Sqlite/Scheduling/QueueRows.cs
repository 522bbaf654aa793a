using Silo.Core.Queues;
using Silo.Storage.Sqlite.Sql;
using Silo.Storage.Sqlite.Writing;

namespace Silo.Storage.Sqlite.Scheduling;

internal static class QueueRows
{
    private const string Upsert = """
        INSERT INTO queues (name, strategy, paused, concurrency_max) VALUES (?, ?, ?, ?)
        ON CONFLICT (name) DO UPDATE SET strategy = excluded.strategy, paused = excluded.paused, concurrency_max = excluded.concurrency_max
        """;

    public static IReadOnlyList<QueueSettings> Read(Session session)
    {
        List<QueueSettings> queues = [];
        var row = session.Prepare("SELECT name, strategy, paused, concurrency_max FROM queues ORDER BY name");
        while (row.Step())
        {
            queues.Add(new QueueSettings { Name = row.ReadText(), Strategy = row.ReadText(), Paused = row.ReadBool(), ConcurrencyMax = row.ReadInt32OrNull() });
        }

        return queues;
    }

    public static bool Save(WriteTransaction transaction, string pool, long epoch, QueueSettings queue)
    {
        if (!Epochs.IsLatest(transaction, pool, epoch))
        {
            return false;
        }

        var statement = transaction.Prepare(Upsert).Bind(queue.Name).Bind(queue.Strategy).Bind(queue.Paused);
        _ = queue.ConcurrencyMax is { } limit ? statement.Bind(limit) : statement.BindNull();
        statement.Run();
        return true;
    }
}
