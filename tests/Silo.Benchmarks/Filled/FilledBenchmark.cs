using System.Globalization;
using Silo.Benchmarks.Postgres;
using Silo.Storage.Postgres;
using Silo.Testing.Postgres;

namespace Silo.Benchmarks.Filled;

/// <summary>The same tasks through a database that has many already and through a fresh one of the same server, in turns.</summary>
internal sealed class FilledBenchmark(FilledOptions options, TextWriter messages)
{
    private const int FirstRounds = 2;

    public async Task<FilledReport> RunAsync(CancellationToken cancellationToken)
    {
        await using var postgres = await BenchPostgres.StartAsync();
        await using var filled = await postgres.CreateDatabaseAsync();
        await PostgresStore.Open(new PostgresStoreOptions { ConnectionString = filled.ConnectionString }).DisposeAsync();
        await FilledTable.FillAsync(
            filled,
            options.Kind,
            options.Rows,
            rows => messages.WriteLineAsync(string.Create(CultureInfo.InvariantCulture, $"{rows} of {options.Rows} rows are there")));
        await messages.WriteLineAsync($"{FirstRounds} rounds are not counted ...");
        var rounds = new List<FilledRound>(options.Load.Rounds);
        for (var number = 1 - FirstRounds; number <= options.Load.Rounds; number++)
        {
            var ahead = number % 2 == 0 ? await FilledSide.RunAsync(filled, options.Load, cancellationToken) : null;
            var empty = await RunEmptyAsync(postgres, cancellationToken);
            var round = new FilledRound(ahead ?? await FilledSide.RunAsync(filled, options.Load, cancellationToken), empty);
            if (number < 1)
                continue;
            rounds.Add(round);
            await messages.WriteLineAsync(string.Create(
                CultureInfo.InvariantCulture,
                $"round {number}: filled {round.Filled.Sample.Program.TasksPerSecond:0}, empty {round.Empty.Sample.Program.TasksPerSecond:0} tasks/s"));
        }

        return FilledReport.Of(rounds, options, await PostgresSession.ReadAsync(filled));
    }

    private async Task<FilledSide> RunEmptyAsync(PostgresServer postgres, CancellationToken cancellationToken)
    {
        await using var database = await postgres.CreateDatabaseAsync();
        return await FilledSide.RunAsync(database, options.Load, cancellationToken);
    }
}
