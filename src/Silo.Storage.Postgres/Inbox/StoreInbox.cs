using System.Text.Json;
using Microsoft.Extensions.Logging;
using Npgsql;
using Silo.Core.Storage;
using Silo.Storage.Postgres.Opening;
using Silo.Storage.Postgres.Sql;

namespace Silo.Storage.Postgres.Inbox;

/// <summary>Waits for what <c>silo.enqueue</c> and <c>silo.cancel</c> write, on a connection of its own.</summary>
/// <remarks>Awake, it looks again and again, and writers do not notify: notifications would make their commits queue up. Before it lies down it takes the lock that
/// those writers share until their transactions end, so whoever did not wake it has been seen; and whoever finds the lock taken wakes it.</remarks>
internal sealed class StoreInbox(Database database, TimeProvider time, ILogger logger) : IStoreInbox, IAsyncDisposable
{
    // While there is traffic it looks this often, and lies down after so many looks in vain.
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(5);
    private static readonly TimeSpan LookMax = TimeSpan.FromMilliseconds(100);
    private const int VainLooks = 10;

    // Asleep it still looks now and then: for writers that left the waking to others which then rolled back or went on for long, and for a server that vanished.
    private static readonly TimeSpan SleepMax = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan ServedElsewhere = TimeSpan.FromSeconds(1);

    private readonly SemaphoreSlim _turn = new(1);
    private readonly CancellationTokenSource _closing = new();
    private NpgsqlConnection? _connection;
    private bool _serving;
    private bool _asleep;
    private InboxHorizon _horizon = new(time);

    /// <summary>The rows of a move whose commit is not known, and what it made of them.</summary>
    private (IReadOnlyList<InboxRow> Rows, InboxBatch Batch)? _unconfirmed;

    /// <inheritdoc/>
    public async Task<InboxBatch> TakeAsync(CancellationToken cancellationToken)
    {
        await _turn.WaitAsync(cancellationToken);
        try
        {
            using var ended = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, _closing.Token);
            return await Task.Run(() => TakeNextAsync(ended.Token), ended.Token);
        }
        catch (PostgresException error) when (error.IsAborted())
        {
            await DropAsync();
            throw database.Failures.Unavailable(error);
        }
        catch (Exception error) when (error is NpgsqlException or IOException or TimeoutException)
        {
            await DropAsync();
            database.ForgetIdle();
            throw database.Failures.Unknown(error);
        }
        catch (OperationCanceledException)
        {
            // What a cancelled statement leaves behind is not worth finding out.
            await DropAsync();
            cancellationToken.ThrowIfCancellationRequested();
            throw new StoreUnavailableException("The store is closed.");
        }
        finally
        {
            _turn.Release();
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _closing.CancelAsync();
        await _turn.WaitAsync();
        await DropAsync();
        _turn.Dispose();
        _closing.Dispose();
    }

    private async Task<InboxBatch> TakeNextAsync(CancellationToken cancellationToken)
    {
        var pause = Look;
        for (var looks = 1; ; looks++)
        {
            var connection = await ServeAsync(cancellationToken);
            if (await ResolveAsync(connection, cancellationToken) is { } late)
                return late;
            await _horizon.WatchAsync(connection, cancellationToken);
            var rows = await TakeInbox.LookAsync(connection, _horizon.Number, cancellationToken);
            _horizon.Found(rows.Count > 0 ? rows[0].Number : null);
            if (rows.Count > 0)
            {
                await WakeAsync(connection, cancellationToken);
                return await MoveAsync(connection, rows, cancellationToken);
            }

            if (_asleep)
            {
                await connection.WaitAsync(SleepMax, cancellationToken);
            }
            else if (looks < VainLooks || !await LieDownAsync(connection, cancellationToken))
            {
                await Task.Delay(pause, time, cancellationToken);
                // A transaction that wrote and stays open for long keeps this awake, but need not keep it busy.
                pause = looks > VainLooks && pause < LookMax ? pause * 2 : pause;
            }
        }
    }

    /// <summary>Moves the rows, or fewer when one of them cannot become a task: whoever may enqueue may write to the table by hand, and must not stop everybody else.</summary>
    private async Task<InboxBatch> MoveAsync(NpgsqlConnection connection, IReadOnlyList<InboxRow> rows, CancellationToken cancellationToken)
    {
        while (true)
        {
            var some = rows;
            try
            {
                var moved = await TakeInbox.MoveAsync(connection, some, batch => _unconfirmed = (some, batch), cancellationToken);
                _unconfirmed = null;
                return moved;
            }
            catch (Exception refusal) when (IsOfARow(refusal))
            {
                // As in BatchRunner: the session may have been preparing what was refused, and is not used again.
                await DropAsync();
                database.ForgetIdle();
                connection = await ServeAsync(cancellationToken);
                if (rows.Count == 1)
                {
                    PostgresStoreLog.InboxRowRefused(logger, await TakeInbox.DeleteAsync(connection, rows[0], cancellationToken), refusal);
                    return new InboxBatch([], []);
                }

                // The lower half, and so on until it is found; the others stay for the next look.
                rows = [.. rows.Take(rows.Count / 2)];
            }
        }
    }

    /// <summary>A value that the server refuses, or that cannot be read as part of a task. Not a key that is there already: numbers that come twice are not the row's fault.</summary>
    private static bool IsOfARow(Exception refusal) => refusal is PostgresException error
        ? error.IsOfAValue()
        : refusal is JsonException or FormatException or OverflowException or InvalidCastException or ArgumentOutOfRangeException;

    /// <summary>What the last move made, when the answer to its commit was lost and it did take place. The lock that this session holds was the other one's until its end.</summary>
    private async Task<InboxBatch?> ResolveAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        if (_unconfirmed is not { } move)
            return null;
        var moved = await TakeInbox.AreMovedAsync(connection, move.Rows, cancellationToken);
        _unconfirmed = null;
        return moved ? move.Batch with { Late = true } : null;
    }

    /// <summary>The connection, once this process is the one that is served.</summary>
    private async Task<NpgsqlConnection> ServeAsync(CancellationToken cancellationToken)
    {
        var connection = _connection ??= await ConnectAsync(cancellationToken);
        while (!_serving)
        {
            _serving = await TryLockAsync(connection, AdvisoryLocks.InboxServed, cancellationToken);
            if (!_serving)
                await Task.Delay(ServedElsewhere, time, cancellationToken);
        }

        return connection;
    }

    private async Task<NpgsqlConnection> ConnectAsync(CancellationToken cancellationToken)
    {
        NpgsqlConnection connection;
        try
        {
            connection = await database.ConnectAsync(cancellationToken);
        }
        catch (Exception error) when (error is NpgsqlException or IOException or TimeoutException)
        {
            throw database.Failures.Unavailable(error);
        }

        await using var listen = connection.Statement("LISTEN silo_inbox");
        await listen.ExecuteNonQueryAsync(cancellationToken);
        (_serving, _asleep, _horizon) = (false, false, new InboxHorizon(time));
        return connection;
    }

    /// <summary>Nobody who has not woken this is still under way; what they wrote lies above the last number so far.</summary>
    private async Task<bool> LieDownAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        _asleep = await TryLockAsync(connection, AdvisoryLocks.InboxAsleep, cancellationToken);
        return _asleep;
    }

    private async Task WakeAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        if (!_asleep)
            return;
        await using var command = connection.Statement("SELECT pg_advisory_unlock($1, $2)", Parameters.Of(AdvisoryLocks.Silo), Parameters.Of(AdvisoryLocks.InboxAsleep));
        await command.ExecuteNonQueryAsync(cancellationToken);
        _asleep = false;
    }

    private static async Task<bool> TryLockAsync(NpgsqlConnection connection, int name, CancellationToken cancellationToken)
    {
        await using var command = connection.Statement("SELECT pg_try_advisory_lock($1, $2)", Parameters.Of(AdvisoryLocks.Silo), Parameters.Of(name));
        return await command.ExecuteScalarAsync(cancellationToken) is true;
    }

    private async Task DropAsync()
    {
        if (_connection is { } connection)
        {
            _connection = null;
            await connection.DisposeAsync();
        }
    }
}
