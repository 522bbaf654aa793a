using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Silo.Benchmarks.Measuring;
using Silo.Benchmarks.Servers;
using Silo.Core.Engine;
using Silo.Core.Handlers;
using Silo.Core.Queues;
using Silo.Core.Tasks;
using Silo.Core.Workers;
using Silo.Embedded;
using Silo.Gateway;
using Silo.Storage.Postgres;
using Silo.Testing.Postgres;

namespace Silo.Benchmarks.Postgres;

/// <summary>Silo as <c>silo up</c> runs it over a database of PostgreSQL: gateway, embedded engine and one node, in this process.</summary>
internal sealed class PostgresBenchServer : IAsyncDisposable
{
    private static readonly TimeSpan ReadyLimit = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan PollInterval = TimeSpan.FromMilliseconds(20);

    private readonly WebApplication _app;
    private readonly PostgresDatabase _database;
    private readonly byte[] _payload;

    private PostgresBenchServer(WebApplication app, PostgresDatabase database, RunRecorder recorder, byte[] payload) =>
        (_app, _database, Recorder, _payload) = (app, database, recorder, payload);

    public RunRecorder Recorder { get; }

    public ISiloClient Client => _app.Services.GetRequiredService<ISiloClient>();

    public Uri Address => new(_app.Urls.Single());

    /// <param name="slots">Of the node.</param>
    /// <param name="tasks">About how many will come.</param>
    public static async Task<PostgresBenchServer> StartAsync(PostgresDatabase database, int slots, int payloadBytes, CancellationToken cancellationToken, int tasks = 100_000)
    {
        var recorder = new RunRecorder(tasks);
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0));
        builder.Services.AddLogging(logging => logging.SetMinimumLevel(LogLevel.None));
        builder.Services.AddSingleton(recorder);
        builder.Services.AddSingleton<IExecutionObserver>(recorder);
        builder.Services.AddTaskHandler<EchoHandler, string, string>(EchoHandler.Type);
        builder.Services.AddSiloPostgresStore(store => store.ConnectionString = database.ConnectionString);
        builder.Services.AddSiloEmbedded(new EmbeddedOptions { Worker = new WorkerOptions { Name = BenchServer.Node, Slots = slots, Kind = "local" } });
        builder.Services.AddSiloGateway(new GatewayOptions());
        var app = builder.Build();
        app.MapSiloGateway();
        var server = new PostgresBenchServer(app, database, recorder, Payloads.OfBytes(payloadBytes));
        await server._app.StartAsync(cancellationToken);
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
        await _app.StopAsync();
        return await PostgresAudit.RunAsync(_database, "silo.tasks", acknowledged, Recorder.Runs, Recorder.Outcomes, _payload.Length);
    }

    public async ValueTask DisposeAsync()
    {
        await _app.StopAsync();
        await _app.DisposeAsync();
    }
}
