using System.Globalization;
using Silo.Benchmarks.Postgres;
using Silo.Cli.Invocation;
using Silo.Testing;

namespace Silo.Benchmarks.Cluster;

/// <summary>Two silos beside one process, with as many slots, the same PostgreSQL server and the same client, in turns.</summary>
/// <remarks>The servers of both sides run all the time; the one that is not measured has nothing to do.</remarks>
internal sealed class ClusterBenchmark(ClusterOptions options, TextWriter messages)
{
    /// <summary>The cluster's server, built like this program: its folder ends with the same configuration and framework.</summary>
    public static string Program { get; } = Path.Join(
        [Clone.Combine("src/Silo.Server"), .. Path.TrimEndingDirectorySeparator(AppContext.BaseDirectory).Split(Path.DirectorySeparatorChar).TakeLast(3), "Silo.Server.dll"]);

    /// <exception cref="CommandException">There is no cluster server here.</exception>
    public async Task<ClusterReport> RunAsync(CancellationToken cancellationToken)
    {
        if (!File.Exists(Program))
        {
            throw new CommandException(ExitCode.NotInThisBuild, $"This build has no cluster server: there is no {Program}. ./silo bench cluster builds it where the Orleans packages are to be had.");
        }

        await messages.WriteLineAsync("starting PostgreSQL, one process, and two silos ...");
        await using var postgres = await BenchPostgres.StartAsync();
        await using var singleDatabase = await postgres.CreateDatabaseAsync();
        await using var clusterDatabase = await postgres.CreateDatabaseAsync();
        await using var single = await ClusterSide.StartSingleAsync(singleDatabase, Program, options, cancellationToken);
        await using var cluster = await ClusterSide.StartClusterAsync(clusterDatabase, Program, options, cancellationToken);
        var rounds = new List<ClusterRound>(options.Rounds);
        for (var number = 1 - options.FirstRounds; number <= options.Rounds; number++)
        {
            var round = await RunRoundAsync(single, cluster, number, cancellationToken);
            if (number >= 1)
            {
                rounds.Add(round);
            }

            await messages.WriteLineAsync(string.Create(
                CultureInfo.InvariantCulture,
                $"round {number}: one process {round.Single.TasksPerSecond:0}, two silos {round.Cluster.TasksPerSecond:0} tasks/s{(number < 1 ? " (not counted)" : "")}"));
        }

        var session = await BenchPostgres.ReadSessionAsync(postgres);
        var (singleLedger, singleTasks) = await single.StopAndAuditAsync();
        var (clusterLedger, clusterTasks) = await cluster.StopAndAuditAsync();
        return ClusterReport.Of(rounds, clusterTasks, singleTasks, singleLedger + clusterLedger, options, session);
    }

    /// <summary>Who comes first turns from round to round.</summary>
    private static async Task<ClusterRound> RunRoundAsync(ClusterSide single, ClusterSide cluster, int number, CancellationToken cancellationToken)
    {
        var ahead = number % 2 == 0 ? await cluster.RunAsync(cancellationToken) : null;
        var alone = await single.RunAsync(cancellationToken);
        return new ClusterRound(ahead ?? await cluster.RunAsync(cancellationToken), alone);
    }
}
