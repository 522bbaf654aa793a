using Microsoft.Extensions.Logging;
using Npgsql;
using Silo.Core.Storage;
using Silo.Storage.Postgres.Opening;
using Silo.Storage.Postgres.Sql;

namespace Silo.Storage.Postgres.Writing;

/// <summary>Brings a batch to an end whatever happens to it: sends it again when the answer was lost, halves it when it is refused for its data.</summary>
internal sealed class BatchRunner<T>(string lane, Database database, PostgresStoreOptions options, TimeProvider time, ILogger logger, ExecuteBatch<T> execute)
    where T : LaneOperation
{
    private const int ConflictsMax = 5;

    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(20);
    private static readonly TimeSpan PauseMax = TimeSpan.FromMilliseconds(500);

    /// <summary>Answers every operation of the batch.</summary>
    public async Task RunAsync(LaneConnection connection, IReadOnlyList<T> batch)
    {
        if (batch.Count == 0)
            return;

        var refusal = await TryRunAsync(connection, batch);
        if (refusal is null)
        {
            foreach (var operation in batch)
            {
                operation.Complete();
            }
        }
        else if (batch.Count == 1 || !refusal.MayBeOneRow)
        {
            foreach (var operation in batch)
            {
                operation.Fail(refusal.Error);
            }
        }
        else
        {
            // One bad row, or one locked key, must not fail its neighbours.
            var half = batch.Count / 2;
            await RunAsync(connection, [.. batch.Take(half)]);
            await RunAsync(connection, [.. batch.Skip(half)]);
        }
    }

    /// <returns>Null when the batch is committed.</returns>
    private async Task<Refusal?> TryRunAsync(LaneConnection connection, IReadOnlyList<T> batch)
    {
        var began = time.GetTimestamp();
        var pause = FirstPause;
        var conflicts = 0;
        Exception? lost = null;
        while (true)
        {
            var sent = false;
            try
            {
                var open = await connection.GetAsync(database);
                sent = true;
                await execute(open, batch);
                return null;
            }
            catch (PostgresException error) when (sent && error.IsAborted())
            {
                // The server says so itself: nothing of this sending was stored. Of one before it, whose answer was lost, it says nothing.
                await connection.DropAsync();
                // A statement that is refused while Npgsql prepares it leaves a session whose next use of it is not understood (npgsql/npgsql#6391).
                if (error.IsOfTheData())
                    database.ForgetIdle();
                if (error.IsConflict() && ++conflicts < ConflictsMax)
                    continue;
                if (lost is null || error.IsOfTheData())
                    return new Refusal(database.Failures.Refused(error), error.IsOfTheData() || error.SqlState == PostgresErrorCodes.LockNotAvailable);
                lost = error;
            }
            catch (StoreUnavailableException error) when (lost is null)
            {
                return new Refusal(error, false);
            }
            catch (Exception error) when (error is NpgsqlException or IOException or TimeoutException or ObjectDisposedException)
            {
                await connection.DropAsync();
                database.ForgetIdle();
                if (lost is null && !sent)
                    return new Refusal(database.Failures.Unavailable(error), false);
                lost = error;
            }

            if (time.GetElapsedTime(began) + pause > options.ResendFor)
            {
                PostgresStoreLog.Unresolved(logger, lane, batch.Count, lost);
                return new Refusal(database.Failures.Unknown(lost), false);
            }

            PostgresStoreLog.Resending(logger, lane, batch.Count, lost);
            await Task.Delay(pause, time);
            pause = pause * 2 < PauseMax ? pause * 2 : PauseMax;
        }
    }

    /// <param name="Error">For the callers.</param>
    /// <param name="MayBeOneRow">The others of the batch may succeed without the one that is to blame.</param>
    private sealed record Refusal(Exception Error, bool MayBeOneRow);
}
