using Microsoft.Extensions.Logging;
using Silo.Core.Storage;
using Silo.Storage.Postgres.Opening;
using Silo.Storage.Postgres.Sql;
using Silo.Storage.Postgres.Writing;

namespace Silo.Storage.Postgres.Tasks;

/// <summary>Adds to the counters what writers have appended, every now and then, so that reading them stays short.</summary>
internal sealed class CounterFolding(Transactions transactions, PostgresStoreOptions options, TimeProvider time, ILogger logger)
{
    // One of all processes does it at a time; the others have nothing to wait for.
    private const string Lock = "SELECT 1 WHERE pg_try_advisory_xact_lock($1, $2)";

    private const string Fold = """
        WITH taken AS (DELETE FROM silo.counter_deltas RETURNING queue, state, priority, delta)
        INSERT INTO silo.counters AS c (queue, state, priority, count)
        SELECT queue, state, priority, sum(delta) FROM taken GROUP BY queue, state, priority ORDER BY queue, state, priority
        ON CONFLICT (queue, state, priority) DO UPDATE SET count = c.count + excluded.count
        """;

    /// <summary>Runs until stopped.</summary>
    public async Task RunAsync(CancellationToken stopping)
    {
        try
        {
            while (true)
            {
                await Task.Delay(options.FoldEvery, time, stopping);
                await TryFoldAsync(stopping);
            }
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            // Stopped: what is left is read with the counters, and folded by whoever comes next.
        }
    }

    public Task<bool> FoldAsync(CancellationToken cancellationToken) => transactions.RunAsync(
        async transaction =>
        {
            if (!await transaction.AnyAsync(Lock, Parameters.Of(AdvisoryLocks.Silo), Parameters.Of(AdvisoryLocks.Folding)))
                return false;
            await transaction.RunAsync(Fold);
            return true;
        },
        cancellationToken);

    private async Task TryFoldAsync(CancellationToken stopping)
    {
        try
        {
            await FoldAsync(stopping);
        }
        catch (Exception failure) when (failure is StoreUnavailableException or StoreUnknownException)
        {
            PostgresStoreLog.FoldFailed(logger, options.FoldEvery, failure);
        }
    }
}
