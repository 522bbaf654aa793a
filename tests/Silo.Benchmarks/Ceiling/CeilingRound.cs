using Silo.Benchmarks.Postgres;
using Silo.Benchmarks.Servers;
using Silo.Benchmarks.Throughput;
using Silo.Core.Tasks;
using Silo.Testing.Postgres;

namespace Silo.Benchmarks.Ceiling;

/// <summary>Both ways once, each through a database of its own, after a few tasks that are not counted.</summary>
internal sealed record CeilingRound(PostgresSample Silo, PostgresSample Bare)
{
    public const int FirstTasksMax = 2000;

    /// <param name="siloFirst">Who comes first turns from round to round.</param>
    public static async Task<CeilingRound> RunAsync(PostgresServer postgres, CeilingOptions options, bool siloFirst, CancellationToken cancellationToken)
    {
        var ahead = siloFirst ? await RunSiloAsync(postgres, options, cancellationToken) : null;
        var bare = await RunBareAsync(postgres, options);
        return new CeilingRound(ahead ?? await RunSiloAsync(postgres, options, cancellationToken), bare);
    }

    public static async Task<PostgresSample> RunBareAsync(PostgresServer postgres, CeilingOptions options)
    {
        await using var database = await postgres.CreateDatabaseAsync();
        await using var bare = await BareBatches.CreateAsync(database, options.Slots, options.BatchTasks, Payloads.OfBytes(options.PayloadBytes));
        await bare.RunAsync(Math.Min(FirstTasksMax, options.Tasks));
        var sample = await PostgresSample.MeasureAsync(postgres.Processes(), options.Tasks, () => bare.RunAsync(options.Tasks));
        var ledger = await PostgresAudit.RunAsync(database, BareTable.Name, bare.Acknowledged, bare.Runs, bare.Recorded, options.PayloadBytes);
        return sample with { Program = sample.Program with { Ledger = ledger } };
    }

    public static Task<PostgresSample> RunSiloAsync(PostgresServer postgres, CeilingOptions options, CancellationToken cancellationToken) =>
        RunSiloAsync(postgres, options, server => new InProcessSubmitter(server.Client, Payloads.OfBytes(options.PayloadBytes)), cancellationToken);

    /// <param name="connect">The way in.</param>
    public static async Task<PostgresSample> RunSiloAsync(
        PostgresServer postgres, CeilingOptions options, Func<PostgresBenchServer, ISubmitter> connect, CancellationToken cancellationToken)
    {
        await using var database = await postgres.CreateDatabaseAsync();
        return await RunSiloAsync(database, options, connect, measure: static work => work(), cancellationToken);
    }

    /// <param name="database">May have tasks already.</param>
    /// <param name="measure">Runs what is measured, and may look at the process meanwhile.</param>
    public static async Task<PostgresSample> RunSiloAsync(
        PostgresDatabase database, CeilingOptions options, Func<PostgresBenchServer, ISubmitter> connect, Func<Func<Task>, Task> measure, CancellationToken cancellationToken)
    {
        var firstTasks = Math.Min(FirstTasksMax, options.Tasks);
        await using var server = await PostgresBenchServer.StartAsync(database, options.Slots, options.PayloadBytes, cancellationToken, firstTasks + options.Tasks);
        using var submitter = connect(server);
        var acknowledged = new List<TaskId>(firstTasks + options.Tasks);
        await RunTasksAsync(firstTasks);
        var sample = await PostgresSample.MeasureAsync(database.Server.Processes(), options.Tasks, () => measure(() => RunTasksAsync(options.Tasks)));
        return sample with { Program = sample.Program with { Ledger = await server.StopAndAuditAsync(acknowledged) } };

        async Task RunTasksAsync(int tasks) =>
            acknowledged.AddRange(await SubmitRun.RunAsync(submitter, server.Recorder, tasks, options.Clients, options.BatchTasks, cancellationToken));
    }
}
