using Silo.Storage.Sqlite.Writing;

namespace Silo.Storage.Sqlite.Scheduling;

/// <summary>Who is the scheduler of a pool: the holder of its last epoch.</summary>
internal static class Epochs
{
    public static long Take(WriteTransaction transaction, string pool)
    {
        transaction.Prepare("INSERT INTO schedulers (pool, epoch) VALUES (?, 1) ON CONFLICT (pool) DO UPDATE SET epoch = epoch + 1").Bind(pool).Run();
        var row = transaction.Prepare("SELECT epoch FROM schedulers WHERE pool = ?").Bind(pool);
        row.Step();
        return row.ReadInt64();
    }

    public static bool IsLatest(WriteTransaction transaction, string pool, long epoch)
    {
        var row = transaction.Prepare("SELECT 1 FROM schedulers WHERE pool = ? AND epoch = ?").Bind(pool).Bind(epoch);
        var latest = row.Step();
        row.Reset();
        return latest;
    }
}
