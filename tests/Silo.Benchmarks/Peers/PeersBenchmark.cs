using System.Globalization;
using Silo.Benchmarks.Ceiling;
using Silo.Benchmarks.Postgres;
using Silo.Benchmarks.Servers;
using Silo.Benchmarks.Throughput;
using Silo.Testing.Postgres;

namespace Silo.Benchmarks.Peers;

/// <summary>Rounds in which every engine moves its tasks through the same PostgreSQL server, or through Redis, each through a fresh database; who begins turns from round to round.</summary>
internal sealed class PeersBenchmark(PeersOptions options, TextWriter messages)
{
    // As long as the compiler of this process needs; the peers' programs begin anew each time and have jobs of their own for that.
    private const int FirstRounds = 2;

    public async Task<(IReadOnlyList<PeerRound> Rounds, PostgresSession Session)> RunAsync(CancellationToken cancellationToken)
    {
        await messages.WriteLineAsync("installing the peers into a folder that git ignores ...");
        var programs = await PeerPrograms.InstallAsync(cancellationToken);
        await messages.WriteLineAsync($"starting PostgreSQL and Redis; {FirstRounds} rounds are not counted ...");
        await using var postgres = await BenchPostgres.StartAsync();
        await using var redis = await RedisServer.StartAsync(programs.RedisServer, cancellationToken);
        var rounds = new List<PeerRound>(options.Own.Rounds);
        for (var number = 1 - FirstRounds; number <= options.Own.Rounds; number++)
        {
            var round = await RunRoundAsync(postgres, redis, programs, number + FirstRounds, cancellationToken);
            if (number < 1)
                continue;
            rounds.Add(round);
            await messages.WriteLineAsync(string.Create(
                CultureInfo.InvariantCulture,
                $"round {number}: bare {round.Ceiling.TasksPerSecond:0}, Silo {round.Silo.TasksPerSecond:0}, by HTTP {round.Http.TasksPerSecond:0}, graphile-worker {round.Graphile.TasksPerSecond:0}, pg-boss {round.PgBoss.TasksPerSecond:0} ({round.PgBossResults.TasksPerSecond:0} with a result for each job), BullMQ {round.BullMq.TasksPerSecond:0} tasks/s"));
        }

        return (rounds, await BenchPostgres.ReadSessionAsync(postgres));
    }

    private async Task<PeerRound> RunRoundAsync(PostgresServer postgres, RedisServer redis, PeerPrograms programs, int number, CancellationToken cancellationToken)
    {
        var driver = new PeerDriver(programs, options);
        Func<Task<PeerSample>>[] ways =
        [
            async () => PeerSample.Of(await CeilingRound.RunBareAsync(postgres, options.Own)),
            async () => PeerSample.Of(await CeilingRound.RunSiloAsync(postgres, options.Own, cancellationToken)),
            async () => PeerSample.Of(await CeilingRound.RunSiloAsync(
                postgres, options.Own, server => new HttpSubmitter(server.Address, Payloads.OfBytes(options.Own.PayloadBytes)), cancellationToken)),
            () => OnPostgresAsync("graphile-worker.mjs"),
            () => OnPostgresAsync("pg-boss.mjs"),
            () => OnPostgresAsync("pg-boss.mjs", KeyValuePair.Create("BENCH_SHARED_RESULTS", "true")),
            () => driver.RunAsync("bullmq.mjs", [KeyValuePair.Create("REDIS_URL", redis.Url)], redis.Processes, cancellationToken),
        ];
        var samples = new PeerSample[ways.Length];
        for (var turn = 0; turn < ways.Length; turn++)
        {
            var way = (number + turn) % ways.Length;
            samples[way] = await ways[way]();
        }

        return new PeerRound(samples[0], samples[1], samples[2], samples[3], samples[4], samples[5], samples[6]);

        async Task<PeerSample> OnPostgresAsync(string script, params KeyValuePair<string, string>[] more)
        {
            await using var database = await postgres.CreateDatabaseAsync();
            return await driver.RunAsync(script, [KeyValuePair.Create("DATABASE_URL", database.Url), .. more], postgres.Processes(), cancellationToken);
        }
    }
}
