using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Npgsql;
using Orleans.Storage;
using Silo.Cli.Processes;
using Silo.Cluster.Client;
using Silo.Cluster.States;
using Silo.Conformance.Storage;
using Silo.Core.Storage;
using Silo.Storage.Postgres;
using Silo.Testing.Postgres;

namespace Silo.Cluster.Tests.States;

/// <summary>A silo that keeps states in a database of its own. Its crash ends every backend of that database, and another silo opens what it left.</summary>
internal sealed class StateHost : IActorStateHarness
{
    private const string CutOff = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()";

    private readonly PostgresDatabase _database;
    private readonly List<IHost> _hosts = [];

    private StateHost(PostgresDatabase database) => _database = database;

    public PostgresDatabase Database => _database;

    public IActorStateStore States => _hosts[^1].Services.GetRequiredService<IActorStateStore>();

    public IGrainStorage Storage => _hosts[^1].Services.GetRequiredKeyedService<IGrainStorage>(GrainStates.StorageName);

    private ClusterAddress Address => new("states", _database.ConnectionString);

    public static async Task<StateHost> StartAsync()
    {
        var host = new StateHost(await (await PostgresServer.SharedAsync()).CreateDatabaseAsync());
        await using (PostgresStore.Open(new PostgresStoreOptions { ConnectionString = host._database.ConnectionString }))
        {
            // The tables are there now.
        }

        await host.OpenAsync();
        return host;
    }

    public async Task CrashAndReopenAsync()
    {
        await _database.ExecuteAsync(CutOff);
        // Another process would have no connections of the one that died.
        await using (var any = new NpgsqlConnection(Address.OrleansConnectionString))
        {
            NpgsqlConnection.ClearPool(any);
        }

        await OpenAsync();
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var host in _hosts)
        {
            await host.StopAsync();
            host.Dispose();
        }

        await _database.DisposeAsync();
    }

    private async Task OpenAsync()
    {
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings { DisableDefaults = true });
        builder.Logging.ClearProviders();
        builder.UseOrleans(silo => silo
            .UseLocalhostClustering(LoopbackPorts.Free(), LoopbackPorts.Free(), serviceId: "states", clusterId: "states")
            .UsePostgresStates(Address));
        var host = builder.Build();
        _hosts.Add(host);
        await host.StartAsync();
    }
}
