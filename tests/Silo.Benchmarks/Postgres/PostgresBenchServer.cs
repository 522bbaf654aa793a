using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Npgsql;
using Silo.Benchmarks.Measuring;
using Silo.Benchmarks.Servers;
using Silo.Core.Engine;
using Silo.Core.Handlers;
using Silo.Core.Queues;
using Silo.Core.Tasks;
using Silo.Core.Workers;
using Silo.Embedded;
using Silo.Storage.Postgres;
using Silo.Testing.Postgres;

namespace Silo.Benchmarks.Postgres;

/// <summary>The embedded engine over a database of PostgreSQL, with one node, in this process.</summary>
internal sealed class PostgresBenchServer : IAsyncDisposable
{
    private static readonly TimeSpan ReadyLimit = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan PollInterval = TimeSpan.FromMilliseconds(20);

    private readonly IHost _host;
    private readonly PostgresDatabase _database;
    private readonly byte[] _payload;

    private PostgresBenchServer(IHost host, PostgresDatabase database, RunRecorder recorder, byte[] payload) =>
        (_host, _database, Recorder, _payload) = (host, database, recorder, payload);

    public RunRecorder Recorder { get; }

    public ISiloClient Client => _host.Services.GetRequiredService<ISiloClient>();

    public static async Task<PostgresBenchServer> StartAsync(PostgresDatabase database, int slots, int payloadBytes, CancellationToken cancellationToken)
    {
        var recorder = new RunRecorder(tasks: 100_000);
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings { DisableDefaults = true });
        builder.Services.AddLogging(logging => logging.SetMinimumLevel(LogLevel.None));
        builder.Services.AddSingleton(recorder);
        builder.Services.AddSingleton<IExecutionObserver>(recorder);
        builder.Services.AddTaskHandler<EchoHandler, string, string>(EchoHandler.Type);
        builder.Services.AddSiloPostgresStore(store => store.ConnectionString = database.ConnectionString);
        builder.Services.AddSiloEmbedded(new EmbeddedOptions { Worker = new WorkerOptions { Name = BenchServer.Node, Slots = slots, Kind = "local" } });
        var server = new PostgresBenchServer(builder.Build(), database, recorder, Payloads.OfBytes(payloadBytes));
        await server._host.StartAsync(cancellationToken);
        var started = TimeProvider.System.GetTimestamp();
        while (await server.Client.ReadSnapshotAsync(cancellationToken) is { TakingOver: true })
        {
            if (TimeProvider.System.GetElapsedTime(started) > ReadyLimit)
                throw new TimeoutException($"No scheduler acted within {ReadyLimit.TotalSeconds} s.");
            await Task.Delay(PollInterval, cancellationToken);
        }

        return server;
    }

    /// <summary>Tasks that echo the payload, due now, with ids of their own.</summary>
    public List<TaskSpec> NewTasks(int count) =>
    [
        .. Enumerable.Range(0, count).Select(_ => new TaskSpec
        {
            Id = Client.NewTaskId(),
            Type = EchoHandler.Type,
            Queue = QueueSettings.DefaultName,
            RunAt = Client.Now,
            Payload = _payload,
        }),
    ];

    /// <summary>Stops the engine and compares what was acknowledged and seen with the rows of its database.</summary>
    public async Task<Ledger> StopAndAuditAsync(IReadOnlyCollection<TaskId> acknowledged)
    {
        await _host.StopAsync();
        var known = acknowledged.ToHashSet();
        var open = acknowledged.ToHashSet();
        var (succeeded, unknown) = (0L, 0L);
        await using var connection = new NpgsqlConnection(_database.ConnectionString);
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand("select id, state = 2 and length(result) = $1 from silo.tasks", connection) { Parameters = { new() { Value = _payload.Length } } };
        await using var reader = await command.ExecuteReaderAsync();
        while (await reader.ReadAsync())
        {
            var id = new TaskId(reader.GetGuid(0));
            var done = reader.GetBoolean(1);
            succeeded += done ? 1 : 0;
            unknown += known.Contains(id) ? 0 : 1;
            if (done)
                open.Remove(id);
        }

        return new Ledger
        {
            Acknowledged = acknowledged.Count,
            Succeeded = succeeded,
            Lost = open.Count,
            Unknown = unknown,
            DuplicateRuns = Recorder.Runs.Count - Recorder.Runs.Distinct().Count(),
            DuplicateOutcomes = Recorder.Outcomes.Count - Recorder.Outcomes.Distinct().Count(),
        };
    }

    public async ValueTask DisposeAsync()
    {
        await _host.StopAsync();
        await ((IAsyncDisposable)_host).DisposeAsync();
    }
}
