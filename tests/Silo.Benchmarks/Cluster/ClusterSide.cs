using System.Diagnostics;
using System.Globalization;
using Npgsql;
using Silo.Benchmarks.Measuring;
using Silo.Benchmarks.Postgres;
using Silo.Benchmarks.Servers;
using Silo.Benchmarks.Throughput;
using Silo.Cli.Configuration;
using Silo.Cli.Demo.Cluster;
using Silo.Cli.Processes;
using Silo.Client;
using Silo.Core.Tasks;
using Silo.Testing.Postgres;

namespace Silo.Benchmarks.Cluster;

/// <summary>The servers of one side, over a database of their own: either one process or the silos of a cluster.</summary>
internal sealed class ClusterSide : IAsyncDisposable
{

    private static readonly TimeSpan ReadyLimit = TimeSpan.FromMinutes(2);
    private static readonly TimeSpan ReadyLook = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan EndLook = TimeSpan.FromMilliseconds(10);

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("silo-bench-");
    private readonly List<ServerProcess> _servers = [];
    private readonly List<HttpSubmitter> _submitters = [];
    private readonly List<TaskId> _acknowledged = [];
    private readonly PostgresDatabase _database;
    private readonly ClusterOptions _options;

    private ClusterSide(PostgresDatabase database, ClusterOptions options) => (_database, _options) = (database, options);

    /// <summary>One process that is server and node.</summary>
    public static Task<ClusterSide> StartSingleAsync(PostgresDatabase database, string program, ClusterOptions options, CancellationToken cancellationToken) =>
        StartAsync(database, program, [("server", ["up", "--store", Settings.Postgres, "--slots", Text(options.Slots)])], options, cancellationToken);

    /// <summary>Two silos that share the slots.</summary>
    public static Task<ClusterSide> StartClusterAsync(PostgresDatabase database, string program, ClusterOptions options, CancellationToken cancellationToken)
    {
        string[] names = ["silo-0", "silo-1"];
        return StartAsync(database, program, [.. names.Select(name => (name, Arguments(name)))], options, cancellationToken);

        string[] Arguments(string name) =>
            ["serve", "--silo-name", name, "--slots", Text(options.Slots / names.Length), "--silo-port", Text(LoopbackPorts.Free()), "--gateway-port", "0"];
    }

    /// <summary>Runs the tasks of one round.</summary>
    public async Task<ClusterSample> RunAsync(CancellationToken cancellationToken)
    {
        await using var connection = new NpgsqlConnection(_database.ConnectionString);
        await connection.OpenAsync(cancellationToken);
        await using var command = new NpgsqlCommand("select coalesce(sum(size), 0)::bigint from silo.endings", connection);
        return await ClusterSample.MeasureAsync(
            [.. _servers.Select(server => new ProcessTree(server.Id))], _database.Server.Processes(), _options.Tasks, () => SubmitAndWaitAsync(command, cancellationToken));
    }

    /// <summary>Stops the servers, and compares what was acknowledged with the rows and with the outcomes that were recorded.</summary>
    public async Task<(Ledger Ledger, IReadOnlyDictionary<string, long> TasksPerNode)> StopAndAuditAsync()
    {
        await StopAsync();
        var outcomes = (await ReadAsync("select unnest(ids) from silo.endings", row => row.GetGuid(0))).Select(id => new TaskId(id)).ToList();
        var nodes = await ReadAsync("select node, count(*) from silo.tasks where node is not null group by node order by node", row => (Name: row.GetString(0), Tasks: row.GetInt64(1)));
        return (
            await PostgresAudit.RunAsync(_database, "silo.tasks", _acknowledged, [], outcomes, _options.PayloadBytes),
            nodes.ToDictionary(node => node.Name, node => node.Tasks));
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        _folder.Delete(recursive: true);
    }

    private static async Task<ClusterSide> StartAsync(
        PostgresDatabase database, string program, IReadOnlyList<(string Name, string[] Arguments)> servers, ClusterOptions options, CancellationToken cancellationToken)
    {
        var side = new ClusterSide(database, options);
        try
        {
            foreach (var (name, arguments) in servers)
            {
                var server = await ServerProcess.StartAsync(name, [.. arguments, "--connection", database.Url], side._folder, cancellationToken, program);
                side._servers.Add(server);
                side._submitters.Add(new HttpSubmitter(server.Address, Payloads.OfBytes(options.PayloadBytes)));
            }

            foreach (var server in side._servers)
            {
                await UntilReadyAsync(server, servers.Count, cancellationToken);
            }

            return side;
        }
        catch
        {
            await side.DisposeAsync();
            throw;
        }
    }

    private static async Task UntilReadyAsync(ServerProcess server, int nodes, CancellationToken cancellationToken)
    {
        using var client = new SiloHttpClient(server.Address, apiKey: null);
        var started = Stopwatch.GetTimestamp();
        while (!await DemoCluster.TryAskAsync(async () => (await client.ListNodesAsync(cancellationToken)).Nodes.Count(node => node.Alive) == nodes))
        {
            if (Stopwatch.GetElapsedTime(started) > ReadyLimit)
                throw new TimeoutException($"{server.Address} did not know {nodes} living nodes within {ReadyLimit.TotalSeconds} s.");
            await Task.Delay(ReadyLook, cancellationToken);
        }
    }

    private async Task SubmitAndWaitAsync(NpgsqlCommand ended, CancellationToken cancellationToken)
    {
        var shares = Enumerable.Range(0, _options.Clients).Select(client => (
            Submitter: _submitters[client % _submitters.Count],
            Tasks: (_options.Tasks / _options.Clients) + (client < _options.Tasks % _options.Clients ? 1 : 0)));
        foreach (var ids in await Task.WhenAll(shares.Select(share => Task.Run(() => share.Submitter.SubmitAsync(share.Tasks, share.Tasks, cancellationToken), cancellationToken))))
        {
            _acknowledged.AddRange(ids);
        }

        // Asked of the database, since that costs both sides the same.
        while ((long)(await ended.ExecuteScalarAsync(cancellationToken))! < _acknowledged.Count)
        {
            await Task.Delay(EndLook, cancellationToken);
        }
    }

    private async Task<List<T>> ReadAsync<T>(string sql, Func<NpgsqlDataReader, T> read)
    {
        var rows = new List<T>();
        await using var connection = new NpgsqlConnection(_database.ConnectionString + ";Pooling=false");
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(sql, connection);
        await using var reader = await command.ExecuteReaderAsync();
        while (await reader.ReadAsync())
        {
            rows.Add(read(reader));
        }

        return rows;
    }

    private async Task StopAsync()
    {
        foreach (var submitter in _submitters)
        {
            submitter.Dispose();
        }

        foreach (var server in _servers)
        {
            await server.DisposeAsync();
        }

        _submitters.Clear();
        _servers.Clear();
    }

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
}
