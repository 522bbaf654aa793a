using Npgsql;
using NpgsqlTypes;
using Silo.Core.Storage;
using Silo.Storage.Postgres.Opening;

namespace Silo.Storage.Postgres.Leases;

/// <summary>The leases by which one of several processes schedules a pool.</summary>
/// <remarks>On a connection of its own that stays open: a renewal must not wait behind readers until it is too late.</remarks>
internal sealed class SchedulerLeases(Database database) : ISchedulerLeaseStore, IAsyncDisposable
{
    // The server's clock at the moment of the write: that of the transaction's begin would be older than a lock that was waited for.
    private const string Hold = """
        INSERT INTO silo.scheduler_leases AS present (pool, holder, renewals, lapses_at) VALUES ($1, $2, 1, clock_timestamp() + $3)
        ON CONFLICT (pool) DO UPDATE SET holder = excluded.holder, renewals = present.renewals + 1, lapses_at = clock_timestamp() + $3
        WHERE present.holder = excluded.holder OR (present.renewals = $4 AND present.lapses_at <= clock_timestamp())
        RETURNING holder, renewals
        """;

    private const string Read = "SELECT holder, renewals FROM silo.scheduler_leases WHERE pool = $1";
    private const string Release = "DELETE FROM silo.scheduler_leases WHERE pool = $1 AND holder = $2";

    private readonly SemaphoreSlim _turn = new(1);
    private NpgsqlConnection? _connection;

    /// <inheritdoc/>
    public Task<SchedulerLease> HoldAsync(LeaseClaim claim, CancellationToken cancellationToken) => UseAsync(connection => HoldAsync(connection, claim, cancellationToken), cancellationToken);

    /// <inheritdoc/>
    public Task ReleaseAsync(string pool, string holder, CancellationToken cancellationToken) => UseAsync(
        async connection =>
        {
            await using var command = new NpgsqlCommand(Release, connection) { Parameters = { Text(pool), Text(holder) } };
            return await command.ExecuteNonQueryAsync(cancellationToken);
        },
        cancellationToken);

    public async ValueTask DisposeAsync()
    {
        await _turn.WaitAsync();
        await DropAsync();
    }

    private static async Task<SchedulerLease> HoldAsync(NpgsqlConnection connection, LeaseClaim claim, CancellationToken cancellationToken)
    {
        while (true)
        {
            await using var hold = new NpgsqlCommand(Hold, connection)
            {
                Parameters =
                {
                    Text(claim.Pool),
                    Text(claim.Holder),
                    new NpgsqlParameter { Value = claim.Length, NpgsqlDbType = NpgsqlDbType.Interval },
                    new NpgsqlParameter { Value = (object?)claim.Watched ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Bigint },
                },
            };
            if (await ReadAsync(hold, held: true, cancellationToken) is { } held)
            {
                return held;
            }

            // A statement of its own, which sees who was faster. No row: that one has given it back already.
            await using var read = new NpgsqlCommand(Read, connection) { Parameters = { Text(claim.Pool) } };
            if (await ReadAsync(read, held: false, cancellationToken) is { } others)
            {
                return others;
            }
        }
    }

    private static async Task<SchedulerLease?> ReadAsync(NpgsqlCommand command, bool held, CancellationToken cancellationToken)
    {
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        return await reader.ReadAsync(cancellationToken) ? new SchedulerLease(held, reader.GetString(0), reader.GetInt64(1)) : null;
    }

    private async Task<T> UseAsync<T>(Func<NpgsqlConnection, Task<T>> ask, CancellationToken cancellationToken)
    {
        await _turn.WaitAsync(cancellationToken);
        try
        {
            return await ask(await ConnectAsync(cancellationToken));
        }
        catch (Exception lost) when (lost is NpgsqlException or TimeoutException or IOException)
        {
            await DropAsync();
            throw lost is PostgresException ? database.Failures.Unavailable(lost) : database.Failures.Unknown(lost);
        }
        catch (OperationCanceledException)
        {
            // What a cancelled statement leaves behind is not worth finding out.
            await DropAsync();
            throw;
        }
        finally
        {
            _turn.Release();
        }
    }

    private async Task<NpgsqlConnection> ConnectAsync(CancellationToken cancellationToken)
    {
        try
        {
            return _connection ??= await database.ConnectAsync(cancellationToken);
        }
        catch (Exception away) when (away is NpgsqlException or TimeoutException or IOException)
        {
            throw database.Failures.Unavailable(away);
        }
    }

    private async Task DropAsync()
    {
        if (_connection is { } connection)
        {
            _connection = null;
            await connection.DisposeAsync();
        }
    }

    private static NpgsqlParameter Text(string value) => new NpgsqlParameter<string> { TypedValue = value };
}
