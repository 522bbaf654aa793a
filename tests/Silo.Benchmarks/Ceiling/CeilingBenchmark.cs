using System.Globalization;
using Silo.Benchmarks.Postgres;
using Silo.Benchmarks.Stages;

namespace Silo.Benchmarks.Ceiling;

/// <summary>Rounds in which Silo and the bare pipeline move the same number of tasks through databases of one server; who is first turns from round to round.</summary>
internal sealed class CeilingBenchmark(CeilingOptions options, TextWriter messages)
{
    /// <summary>The compiler goes on improving what runs often for about as long.</summary>
    private const int FirstRounds = 3;

    public async Task<CeilingReport> RunAsync(CancellationToken cancellationToken)
    {
        await messages.WriteLineAsync(string.Create(CultureInfo.InvariantCulture, $"starting a PostgreSQL server; {FirstRounds} rounds are not counted ..."));
        await using var postgres = await BenchPostgres.StartAsync();
        for (var number = 0; number < FirstRounds; number++)
        {
            await CeilingRound.RunAsync(postgres, options, number % 2 == 0, cancellationToken);
        }

        var rounds = new List<CeilingRound>(options.Rounds);
        for (var number = 1; number <= options.Rounds; number++)
        {
            var round = await CeilingRound.RunAsync(postgres, options, number % 2 == 0, cancellationToken);
            rounds.Add(round);
            await messages.WriteLineAsync(string.Create(
                CultureInfo.InvariantCulture, $"round {number}: Silo {round.Silo.Program.TasksPerSecond:0}, bare {round.Bare.Program.TasksPerSecond:0} tasks/s"));
        }

        var middle = rounds.OrderBy(round => round.Silo.CpuSecondsPerThousand).ElementAt(rounds.Count / 2);
        var stages = await new StageProfile(postgres, options).RunAsync(StageCost.Of("all", middle.Silo), cancellationToken);
        return CeilingReport.Of(rounds, stages, options, await BenchPostgres.ReadSessionAsync(postgres));
    }
}
