using System.Diagnostics;
using System.Globalization;
using Npgsql;
using Silo.Benchmarks.Latency;
using Silo.Benchmarks.Postgres;
using Silo.Testing.Postgres;

namespace Silo.Benchmarks.Xmin;

/// <summary>Submit to start in two databases of one server, in turns: one is vacuumed, in the other an open transaction keeps every dead version of every row.</summary>
internal sealed class XminBenchmark(XminOptions options, TextWriter messages)
{
    public async Task<XminReport> RunAsync(CancellationToken cancellationToken)
    {
        await messages.WriteLineAsync("starting a PostgreSQL server ...");
        await using var postgres = await PostgresServer.StartAsync();
        await using var clean = await postgres.CreateDatabaseAsync();
        await using var bloated = await postgres.CreateDatabaseAsync();
        await using var holder = await HoldTransactionAsync(bloated, cancellationToken);
        var held = Stopwatch.GetTimestamp();
        await using var baseline = await XminSide.StartAsync(clean, options, cancellationToken);
        await using var pinned = await XminSide.StartAsync(bloated, options, cancellationToken);
        await messages.WriteLineAsync($"running {options.BloatTasks} tasks through each database ...");
        await baseline.RunAsync(options.BloatTasks, cancellationToken);
        await pinned.RunAsync(options.BloatTasks, cancellationToken);
        // What autovacuum does sooner or later: in the one it removes the dead, in the other it cannot.
        await clean.ExecuteAsync("vacuum analyze");
        await bloated.ExecuteAsync("vacuum analyze");

        var rounds = new List<XminRound>(options.Rounds);
        for (var number = 1; number <= options.Rounds; number++)
        {
            var first = number % 2 == 1 ? baseline : pinned;
            var second = first == baseline ? pinned : baseline;
            var (ahead, behind) = (await first.SampleAsync(cancellationToken), await second.SampleAsync(cancellationToken));
            var round = first == baseline ? new XminRound(ahead, behind) : new XminRound(behind, ahead);
            rounds.Add(round);
            await messages.WriteLineAsync(string.Create(
                CultureInfo.InvariantCulture, $"round {number}: p99 of the baseline {round.Baseline.At(0.99):0.000} ms, under the open transaction {round.Pinned.At(0.99):0.000} ms"));
        }

        var dead = await DeadVersionsAsync(clean, bloated);
        var session = await PostgresSession.ReadAsync(clean);
        var heldFor = Stopwatch.GetElapsedTime(held);
        var ledger = await baseline.StopAsync() + await pinned.StopAsync();
        return XminReport.Of(rounds, options, dead, heldFor, ledger, session);
    }

    /// <summary>Both a number and a snapshot of its own, held until disposal.</summary>
    private static async Task<NpgsqlConnection> HoldTransactionAsync(PostgresDatabase database, CancellationToken cancellationToken)
    {
        var connection = new NpgsqlConnection(database.ConnectionString + ";Pooling=false");
        await connection.OpenAsync(cancellationToken);
        await using var command = new NpgsqlCommand("begin isolation level repeatable read; select txid_current()", connection);
        await command.ExecuteNonQueryAsync(cancellationToken);
        return connection;
    }

    /// <summary>Counted by vacuum itself: what the statistics say lags behind.</summary>
    private static async Task<(long Baseline, long Pinned)> DeadVersionsAsync(PostgresDatabase clean, PostgresDatabase bloated)
    {
        const string sql = "select n_dead_tup from pg_stat_user_tables where schemaname = 'silo' and relname = 'tasks'";
        await clean.ExecuteAsync("vacuum silo.tasks");
        await bloated.ExecuteAsync("vacuum silo.tasks");
        return (await clean.ReadAsync<long>(sql), await bloated.ReadAsync<long>(sql));
    }
}

internal sealed record XminRound(LatencySamples Baseline, LatencySamples Pinned);
