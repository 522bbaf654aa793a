using System.Diagnostics;
using System.Globalization;
using Silo.Benchmarks.Ceiling;
using Silo.Benchmarks.Measuring;
using Silo.Benchmarks.Peers;
using Silo.Benchmarks.Postgres;
using Silo.Benchmarks.Servers;
using Silo.Core.Tasks;
using Silo.Testing.Postgres;

namespace Silo.Benchmarks.Latency;

/// <summary>On PostgreSQL, in one process: from the submit call to the start of the handler, in turns with a bare insert of one row, and beside BullMQ.</summary>
internal sealed class PostgresLatency(LatencyOptions options, TextWriter messages)
{
    private const int FirstSamples = 50;
    private const int Slots = 16;

    /// <param name="beside">False leaves BullMQ out, which has to be installed.</param>
    public async Task<PostgresLatencyReport> RunAsync(bool beside, CancellationToken cancellationToken)
    {
        var programs = beside ? await PeerPrograms.InstallAsync(cancellationToken) : null;
        await using var redis = programs is null ? null : await RedisServer.StartAsync(programs.RedisServer, cancellationToken);
        await using var postgres = await BenchPostgres.StartAsync();
        var rounds = new List<PostgresLatencyRound>(options.Rounds);
        for (var number = 1; number <= options.Rounds; number++)
        {
            var peer = programs is null ? null : await BullMqLatency.RunAsync(programs, redis!, options, FirstSamples, cancellationToken);
            var round = await RunRoundAsync(postgres, peer, cancellationToken);
            rounds.Add(round);
            await messages.WriteLineAsync(string.Create(
                CultureInfo.InvariantCulture,
                $"round {number} on PostgreSQL: p50 of the bare insert {round.Bare.At(0.5):0.000} ms, from submit to start {round.Submit.At(0.5):0.000} ms, BullMQ's {peer?.At(0.5):0.000} ms"));
        }

        return PostgresLatencyReport.Of(rounds, await BenchPostgres.ReadSessionAsync(postgres));
    }

    private async Task<PostgresLatencyRound> RunRoundAsync(PostgresServer postgres, LatencySamples? peer, CancellationToken cancellationToken)
    {
        var (bare, submit) = (new LatencySamples(), new LatencySamples());
        var acknowledged = new List<TaskId>();
        await using var bareDatabase = await postgres.CreateDatabaseAsync();
        await using var table = await BareBatches.CreateAsync(bareDatabase, Slots, batchRows: 1, Payloads.OfBytes(options.PayloadBytes));
        await using var connection = await table.ConnectAsync();
        await using var database = await postgres.CreateDatabaseAsync();
        await using var server = await PostgresBenchServer.StartAsync(database, Slots, options.PayloadBytes, cancellationToken, FirstSamples + options.Samples);
        for (var number = -FirstSamples; number < options.Samples; number++)
        {
            await Task.Delay(options.IdleMilliseconds, cancellationToken);
            var began = Stopwatch.GetTimestamp();
            await table.InsertOneAsync(connection);
            var inserted = Stopwatch.GetElapsedTime(began);
            await Task.Delay(options.IdleMilliseconds, cancellationToken);
            var started = await SubmitAsync(server, acknowledged, cancellationToken);
            if (number >= 0)
            {
                bare.Add(inserted);
                submit.Add(started);
            }
        }

        return new PostgresLatencyRound(bare, submit, peer, await server.StopAndAuditAsync(acknowledged));
    }

    private static async Task<TimeSpan> SubmitAsync(PostgresBenchServer server, List<TaskId> acknowledged, CancellationToken cancellationToken)
    {
        var recorded = server.Recorder.RecordedAsync(acknowledged.Count + 1);
        var task = server.NewTasks(1);
        var began = Stopwatch.GetTimestamp();
        await server.Client.SubmitAsync(task, cancellationToken);
        acknowledged.Add(task[0].Id);
        await recorded.WaitAsync(cancellationToken);
        return Stopwatch.GetElapsedTime(began, server.Recorder.LatestStart);
    }
}

/// <param name="Peer">BullMQ's; null when it was left out.</param>
internal sealed record PostgresLatencyRound(LatencySamples Bare, LatencySamples Submit, LatencySamples? Peer, Ledger Ledger);
