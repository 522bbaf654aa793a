using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Silo.Benchmarks.Measuring;
using Silo.Core.Engine;
using Silo.Core.Handlers;
using Silo.Core.Tasks;
using Silo.Core.Workers;
using Silo.Embedded;
using Silo.Gateway;
using Silo.Storage.Sqlite;
using Silo.Storage.Sqlite.Opening;

namespace Silo.Benchmarks.Servers;

/// <summary>Silo as <c>silo up</c> runs it: gateway, embedded engine, a SQLite file of its own and one node, in this process.</summary>
internal sealed class BenchServer : IAsyncDisposable
{
    public const string Node = "local";

    private readonly WebApplication _app;
    private readonly DirectoryInfo _folder;
    private readonly SqliteStoreOptions _store;
    private bool _stopped;

    private BenchServer(WebApplication app, DirectoryInfo folder, SqliteStoreOptions store, RunRecorder recorder) =>
        (_app, _folder, _store, Recorder) = (app, folder, store, recorder);

    public RunRecorder Recorder { get; }

    public ISiloClient Client => _app.Services.GetRequiredService<ISiloClient>();

    public Uri Address => new(_app.Urls.Single());

    /// <param name="slots">Of the node.</param>
    /// <param name="tasks">How many will come.</param>
    public static async Task<BenchServer> StartAsync(int slots, int tasks, CancellationToken cancellationToken)
    {
        var folder = Directory.CreateTempSubdirectory("silo-bench-");
        var store = new SqliteStoreOptions { Path = Path.Join(folder.FullName, "silo.db") };
        var recorder = new RunRecorder(tasks);
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0));
        builder.Services.AddLogging();
        builder.Services.AddSingleton(recorder);
        builder.Services.AddSingleton<IExecutionObserver>(recorder);
        builder.Services.AddTaskHandler<EchoHandler, string, string>(EchoHandler.Type);
        builder.Services.AddSiloSqliteStore(options => options.Path = store.Path);
        builder.Services.AddSiloEmbedded(new EmbeddedOptions { Worker = new WorkerOptions { Name = Node, Slots = slots, Kind = "local" } });
        builder.Services.AddSiloGateway(new GatewayOptions());
        var app = builder.Build();
        app.MapSiloGateway();
        await app.StartAsync(cancellationToken);
        return new BenchServer(app, folder, store, recorder);
    }

    /// <summary>Stops the server and compares what was acknowledged and seen with the rows of its file.</summary>
    public async Task<Ledger> StopAndAuditAsync(IReadOnlyCollection<TaskId> acknowledged, int resultBytes)
    {
        await _app.StopAsync();
        await _app.DisposeAsync();
        _stopped = true;
        using var file = new DatabaseFile(_store).OpenReader();
        return Ledger.Audit(file, acknowledged, Recorder.Runs, Recorder.Outcomes, resultBytes);
    }

    public async ValueTask DisposeAsync()
    {
        if (!_stopped)
        {
            await _app.StopAsync();
            await _app.DisposeAsync();
        }

        _folder.Delete(recursive: true);
    }
}
