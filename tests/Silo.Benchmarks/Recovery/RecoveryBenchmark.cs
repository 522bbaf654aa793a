using System.Diagnostics;
using System.Globalization;
using Silo.Benchmarks.Measuring;
using Silo.Benchmarks.Postgres;
using Silo.Testing.Postgres;

namespace Silo.Benchmarks.Recovery;

/// <summary>PostgreSQL is restarted without a checkpoint under full load; measured is how long it takes until as many outcomes a second are recorded as before.</summary>
internal sealed class RecoveryBenchmark(RecoveryOptions options, TextWriter messages)
{
    private const int Slots = 16;
    private static readonly TimeSpan WarmUp = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    public async Task<RecoveryReport> RunAsync(CancellationToken cancellationToken)
    {
        await messages.WriteLineAsync("starting a PostgreSQL server ...");
        await using var postgres = await PostgresServer.StartAsync();
        await using var database = await postgres.CreateDatabaseAsync();
        await using var server = await PostgresBenchServer.StartAsync(database, Slots, options.PayloadBytes, cancellationToken);
        await using var load = SubmitLoad.Start(server, options);
        await Task.Delay(WarmUp, cancellationToken);
        var rounds = new List<RecoveryRound>(options.Restarts);
        for (var number = 1; number <= options.Restarts; number++)
        {
            var round = await RestartAsync(postgres, server, cancellationToken);
            rounds.Add(round);
            await messages.WriteLineAsync(string.Create(
                CultureInfo.InvariantCulture,
                $"restart {number}: {round.RateBefore:0} a second before, {round.RateBeforeMin:0} in the slowest; the server was gone {round.RestartSeconds:0.0} s, the rate was back after {round.BackSeconds:0.0} s"));
        }

        var session = await PostgresSession.ReadAsync(database);
        await load.StopAsync();
        await server.Recorder.RecordedAsync(load.Acknowledged.Count).WaitAsync(cancellationToken);
        return RecoveryReport.Of(rounds, load.Refused, options, await server.StopAndAuditAsync(load.Acknowledged), session);
    }

    private async Task<RecoveryRound> RestartAsync(PostgresServer postgres, PostgresBenchServer server, CancellationToken cancellationToken)
    {
        var seconds = new List<double>(options.SteadySeconds);
        for (var second = 0; second < options.SteadySeconds; second++)
        {
            seconds.Add(await RateAsync(server, cancellationToken));
        }

        var before = Spread.Of(seconds, 1);
        var began = Stopwatch.GetTimestamp();
        await postgres.RestartImmediatelyAsync();
        var restart = Stopwatch.GetElapsedTime(began);
        while (await RateAsync(server, cancellationToken) < before.Min && Stopwatch.GetElapsedTime(began).TotalSeconds < options.LimitSeconds)
        {
            // One second after the other is measured.
        }

        var back = Math.Min(Stopwatch.GetElapsedTime(began).TotalSeconds, options.LimitSeconds);
        return new RecoveryRound(before.Median, before.Min, Math.Round(restart.TotalSeconds, 2), Math.Round(back, 2));
    }

    /// <summary>Outcomes recorded in the next second.</summary>
    private static async Task<double> RateAsync(PostgresBenchServer server, CancellationToken cancellationToken)
    {
        var (count, began) = (server.Recorder.OutcomeCount, Stopwatch.GetTimestamp());
        await Task.Delay(Second, cancellationToken);
        return (server.Recorder.OutcomeCount - count) / Stopwatch.GetElapsedTime(began).TotalSeconds;
    }
}

/// <param name="RateBefore">Outcomes a second, median of the seconds before.</param>
/// <param name="RateBeforeMin">That of the slowest of them: nobody could tell a second like it from one without a restart.</param>
/// <param name="RestartSeconds">From the order to stop until the server took connections again.</param>
/// <param name="BackSeconds">From the order to stop until the end of the first second that was no slower than the slowest before.</param>
internal sealed record RecoveryRound(double RateBefore, double RateBeforeMin, double RestartSeconds, double BackSeconds);
