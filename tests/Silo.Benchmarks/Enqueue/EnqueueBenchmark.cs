using System.Diagnostics;
using System.Globalization;
using Silo.Benchmarks.Latency;
using Silo.Benchmarks.Postgres;
using Silo.Testing.Postgres;

namespace Silo.Benchmarks.Enqueue;

/// <summary>Many sessions that enqueue in SQL, and the same sessions inserting the same jobs into a table of their own, in turns, while Silo takes in and runs what is enqueued.</summary>
internal sealed class EnqueueBenchmark(EnqueueOptions options, TextWriter messages)
{
    private const int Slots = 16;

    /// <summary>For the server itself, and for Silo.</summary>
    private const int OtherConnections = 50;

    private const int ConnectingAtOnce = 16;
    private static readonly TimeSpan Quiet = TimeSpan.FromMilliseconds(500);

    private readonly List<Caller> _callers = [];

    public async Task<EnqueueReport> RunAsync(CancellationToken cancellationToken)
    {
        await messages.WriteLineAsync("starting a PostgreSQL server ...");
        await using var postgres = await PostgresServer.StartAsync($"max_connections={options.Callers + OtherConnections}");
        await using var database = await postgres.CreateDatabaseAsync();
        await using var server = await PostgresBenchServer.StartAsync(database, Slots, options.PayloadBytes, cancellationToken);
        await database.ExecuteAsync(Caller.PlainTable);
        try
        {
            await messages.WriteLineAsync($"opening {options.Callers} sessions ...");
            foreach (var some in Enumerable.Range(0, options.Callers).Chunk(ConnectingAtOnce))
            {
                _callers.AddRange(await Task.WhenAll(some.Select(_ => Caller.ConnectAsync(database, options.PayloadBytes, cancellationToken))));
            }

            await DrainAsync(server, cancellationToken);
            var idle = await SampleIdleAsync(server, cancellationToken);
            var rounds = new List<EnqueueRound>(options.Rounds);
            for (var number = 1; number <= options.Rounds; number++)
            {
                rounds.Add(await RunRoundAsync(number, server, cancellationToken));
            }

            var session = await PostgresSession.ReadAsync(database);
            return EnqueueReport.Of(rounds, idle, options, await server.StopAndAuditAsync([.. _callers.SelectMany(caller => caller.Enqueued)]), session);
        }
        finally
        {
            await Task.WhenAll(_callers.Select(caller => caller.DisposeAsync().AsTask()));
        }
    }

    /// <summary>Both ways, the one first that was second the last time; what was enqueued is done before anything else is measured.</summary>
    private async Task<EnqueueRound> RunRoundAsync(int number, PostgresBenchServer server, CancellationToken cancellationToken)
    {
        var (inserts, enqueues) = (0d, 0d);
        for (var turn = number; turn < number + 2; turn++)
        {
            if (turn % 2 == 1)
            {
                inserts = await MeasureAsync(caller => caller.InsertAsync(), cancellationToken);
                continue;
            }

            enqueues = await MeasureAsync(caller => caller.EnqueueAsync(), cancellationToken);
            await DrainAsync(server, cancellationToken);
        }

        await messages.WriteLineAsync(string.Create(CultureInfo.InvariantCulture, $"round {number}: {enqueues:0} enqueued a second beside {inserts:0} inserts, {enqueues / inserts:0.000}"));
        return new EnqueueRound(enqueues, inserts);
    }

    /// <summary>Transactions a second of all sessions together.</summary>
    private async Task<double> MeasureAsync(Func<Caller, Task> call, CancellationToken cancellationToken)
    {
        var began = Stopwatch.GetTimestamp();
        var counts = await Task.WhenAll(_callers.Select(caller => Task.Run(() => CallAsync(caller), cancellationToken)));
        return counts.Sum() / Stopwatch.GetElapsedTime(began).TotalSeconds;

        async Task<long> CallAsync(Caller caller)
        {
            var calls = 0L;
            for (; Stopwatch.GetElapsedTime(began).TotalSeconds < options.Seconds && !cancellationToken.IsCancellationRequested; calls++)
            {
                await call(caller);
            }

            return calls;
        }
    }

    /// <summary>From a single call until its handler begins, each after a pause in which Silo's reader lies down.</summary>
    private async Task<LatencySamples> SampleIdleAsync(PostgresBenchServer server, CancellationToken cancellationToken)
    {
        var samples = new LatencySamples();
        for (var sample = 0; sample < options.IdleSamples; sample++)
        {
            await Task.Delay(Quiet, cancellationToken);
            var began = Stopwatch.GetTimestamp();
            await _callers[0].EnqueueAsync();
            await DrainAsync(server, cancellationToken);
            samples.Add(Stopwatch.GetElapsedTime(began, server.Recorder.LatestStart));
        }

        return samples;
    }

    private Task DrainAsync(PostgresBenchServer server, CancellationToken cancellationToken) =>
        server.Recorder.RecordedAsync(_callers.Sum(caller => caller.Enqueued.Count)).WaitAsync(cancellationToken);
}

/// <param name="Enqueues">A second.</param>
/// <param name="Inserts">A second.</param>
internal sealed record EnqueueRound(double Enqueues, double Inserts);
