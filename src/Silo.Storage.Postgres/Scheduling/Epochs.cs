using Silo.Storage.Postgres.Sql;
using Silo.Storage.Postgres.Writing;

namespace Silo.Storage.Postgres.Scheduling;

/// <summary>Who is the scheduler of a pool: the holder of its last epoch.</summary>
internal static class Epochs
{
    private const string Next = """
        INSERT INTO silo.schedulers AS s (pool, epoch) VALUES ($1, 1) ON CONFLICT (pool) DO UPDATE SET epoch = s.epoch + 1 RETURNING epoch
        """;

    public static async Task<long> TakeAsync(WriteTransaction transaction, string pool) =>
        (await transaction.ReadAsync(row => row.ReadInt64(), Next, Parameters.Of(pool)))[0];

    /// <summary>Holds the row until the transaction ends, so that no newer epoch is taken between the check and the commit.</summary>
    public static Task<bool> IsLatestAsync(WriteTransaction transaction, string pool, long epoch) =>
        transaction.AnyAsync("SELECT 1 FROM silo.schedulers WHERE pool = $1 AND epoch = $2 FOR SHARE", Parameters.Of(pool), Parameters.Of(epoch));
}
