using Npgsql;
using Silo.Core.Queues;
using Silo.Storage.Postgres.Sql;
using Silo.Storage.Postgres.Writing;

namespace Silo.Storage.Postgres.Scheduling;

internal static class QueueRows
{
    private const string Upsert = """
        INSERT INTO silo.queues (name, strategy, paused, concurrency_max) VALUES ($1, $2, $3, $4)
        ON CONFLICT (name) DO UPDATE SET strategy = excluded.strategy, paused = excluded.paused, concurrency_max = excluded.concurrency_max
        """;

    public static async Task<IReadOnlyList<QueueSettings>> ReadAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        await using var command = connection.Statement("SELECT name, strategy, paused, concurrency_max FROM silo.queues ORDER BY name");
        return await command.ReadAllAsync(
            row => new QueueSettings { Name = row.ReadText(), Strategy = row.ReadText(), Paused = row.ReadBool(), ConcurrencyMax = row.ReadInt32OrNull() },
            cancellationToken);
    }

    public static async Task<bool> SaveAsync(WriteTransaction transaction, string pool, long epoch, QueueSettings queue)
    {
        if (!await Epochs.IsLatestAsync(transaction, pool, epoch))
            return false;

        await transaction.RunAsync(
            Upsert, Parameters.Of(queue.Name), Parameters.Of(queue.Strategy), Parameters.Of(queue.Paused), Parameters.Of(queue.ConcurrencyMax));
        return true;
    }
}
