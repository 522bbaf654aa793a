using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Text;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Silo.Cli.Processes;
using Silo.Client;
using Silo.Cluster.Client;
using Silo.Cluster.Client.Grains;
using Silo.Contracts.Json;
using Silo.Contracts.Nodes;
using Silo.Contracts.Tasks;
using Silo.Core.Engine;
using Silo.Server.Serving;
using Silo.Testing;
using Silo.Testing.Postgres;

namespace Silo.Cluster.Tests.Processes;

/// <summary>Silos as processes of their own, over a database of the test's own, and a client that speaks to them as Orleans does.</summary>
internal sealed class ServerCluster : IAsyncDisposable
{
    private static readonly string Program = typeof(ServeCommand).Assembly.Location;
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(120);

    private readonly TemporaryFolder _folder = new();
    private readonly ConcurrentDictionary<string, ServerProcess> _servers = new();
    private readonly PostgresDatabase _database;
    private readonly string _clusterId = $"test-{Guid.NewGuid():N}";
    private IHost? _orleans;

    private ServerCluster(PostgresDatabase database) => _database = database;

    public PostgresDatabase Database => _database;

    public string ClusterId => _clusterId;

    public IReadOnlyDictionary<string, ServerProcess> Servers => _servers;

    /// <summary>A database and no silo yet.</summary>
    public static async Task<ServerCluster> StartEmptyAsync() => new(await (await PostgresServer.SharedAsync()).CreateDatabaseAsync());

    public static async Task<ServerCluster> StartAsync(int slots, params string[] names)
    {
        var cluster = await StartEmptyAsync();
        try
        {
            await Task.WhenAll(names.Select(name => cluster.AddAsync(name, slots)));
            await cluster.UntilNodesAsync(names);
            return cluster;
        }
        catch
        {
            await cluster.DisposeAsync();
            throw;
        }
    }

    /// <summary>Starts a silo and waits until it listens; one of the same name that has ended is replaced, on its old ports.</summary>
    public async Task<ServerProcess> AddAsync(string name, int slots, params string[] more)
    {
        var ports = _servers.TryGetValue(name, out var before) ? before.Ports : new ServerPorts(LoopbackPorts.Free(), LoopbackPorts.Free());
        var portFile = _folder.Combine($"{name}.port");
        File.Delete(portFile);
        var process = SiloProcess.Start(
            name,
            [
                "serve", "--silo-name", name, "--slots", Text(slots), "--connection", _database.Url, "--cluster-id", _clusterId, "--listen", "127.0.0.1:0",
                "--silo-port", Text(ports.Silo), "--gateway-port", Text(ports.Gateway), "--port-file", portFile, "--log", "information",
                "--allow-http-private", "127.0.0.0/8", .. more,
            ],
            _folder.Combine($"{name}.log"),
            Program);
        var server = new ServerProcess(process, ports);
        _servers[name] = server;
        await Await.Until(() => File.Exists(portFile) || process.HasExited, Limit, $"{name} to listen");
        Assert.False(process.HasExited, $"{name} ended: {LastWords(name)}");
        server.Listens(new Uri($"http://127.0.0.1:{(await File.ReadAllTextAsync(portFile)).Trim()}"), more is ["--api-key", var key] ? key : null);
        return server;
    }

    /// <summary>One silo that asks for a key.</summary>
    public static async Task<ServerCluster> StartWithKeyAsync(string name, string apiKey)
    {
        var cluster = await StartEmptyAsync();
        try
        {
            await cluster.AddAsync(name, 1, "--api-key", apiKey);
            await cluster.UntilNodesAsync(name);
            return cluster;
        }
        catch
        {
            await cluster.DisposeAsync();
            throw;
        }
    }

    /// <summary>What makes a silo one of this cluster, on ports of its own.</summary>
    public IEnumerable<string> Joining() =>
        ["--connection", _database.Url, "--cluster-id", _clusterId, "--listen", "127.0.0.1:0", "--silo-port", Text(LoopbackPorts.Free()), "--gateway-port", Text(LoopbackPorts.Free())];

    /// <summary>Starts a silo that is to refuse.</summary>
    /// <returns>Its exit code and last words.</returns>
    public async Task<(int ExitCode, string Words)> RefusedAsync(string name, params string[] arguments)
    {
        await using var process = SiloProcess.Start(name, ["serve", "--silo-name", name, .. arguments], _folder.Combine($"{name}.refused.log"), Program);
        var exitCode = await Await.Within(process.WaitForExitAsync(default), Limit, $"{name} to refuse");
        return (exitCode, LastWords($"{name}.refused"));
    }

    /// <summary>Waits for a line of a silo's log.</summary>
    public Task UntilLogAsync(string name, string part) =>
        Await.Until(() => File.ReadLines(_folder.Combine($"{name}.log")).Any(line => line.Contains(part, StringComparison.Ordinal)), Limit, $"{name} to log '{part}'");

    public Task UntilNodesAsync(params string[] names) => UntilAsync(
        async client => (await client.ListNodesAsync()).Nodes.Where(static node => node.Alive).Select(static node => node.Name).Order().SequenceEqual(names.Order()),
        $"the living nodes to be {string.Join(", ", names)}");

    public Task UntilNodeAsync(string name, Func<NodeResponse, bool> condition, string what) => UntilAsync(async client => condition(await client.GetNodeAsync(name)), what);

    /// <summary>Asks any silo that is up, until one answers.</summary>
    public async Task<T> AskAsync<T>(Func<SiloHttpClient, Task<T>> ask, string what)
        where T : class
    {
        T? answer = null;
        await Await.Until(async () => (answer = await TryAsync(ask)) is not null, Limit, what);
        return answer!;
    }

    /// <summary>Asks any silo that is up, until the condition holds.</summary>
    public Task UntilAsync(Func<SiloHttpClient, Task<bool>> condition, string what) =>
        Await.Until(async () => await TryAsync(async client => (object)await condition(client)) is true, Limit, what);

    /// <summary>Repeated under the same keys until it is answered, so that each task is there once.</summary>
    public async Task<IReadOnlyList<Guid>> SubmitAsync(string type, string payload, int count)
    {
        var keys = $"{Guid.NewGuid():N}";
        SubmitTaskRequest[] tasks =
            [.. Enumerable.Range(0, count).Select(index => new SubmitTaskRequest { Type = type, Payload = new RawJson(Encoding.UTF8.GetBytes(payload)), IdempotencyKey = $"{keys}-{index}" })];
        var answers = await AskAsync(client => client.SubmitAsync(tasks), $"{count} tasks to be taken");
        return [.. answers.Select(static answer => answer.Id)];
    }

    /// <summary>The epoch under which tasks are placed.</summary>
    public async Task<long> EpochAsync()
    {
        long? epoch = null;
        await UntilAsync(async client => (epoch = (await client.CheckReadyAsync()).Epoch) is not null, "a scheduler to act");
        return epoch!.Value;
    }

    /// <summary>Waits until all tasks have ended, and says how, from the rows.</summary>
    public async Task<IReadOnlyList<TaskResponse>> EndsOfAsync(IEnumerable<Guid> ids)
    {
        var ends = new List<TaskResponse>();
        foreach (var id in ids)
        {
            TaskResponse? task = null;
            await UntilAsync(async client => (task = await client.GetTaskAsync(id.ToString())) is { State: "succeeded" or "failed" or "cancelled" }, $"task {id} to end");
            ends.Add(task!);
        }

        return ends;
    }

    /// <summary>The grains, as a program outside the cluster sees them.</summary>
    public async Task<IServiceProvider> OrleansClientAsync()
    {
        if (_orleans is null)
        {
            var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings { DisableDefaults = true });
            builder.Logging.ClearProviders();
            builder.UseOrleansClient(client => client.AddSiloCluster(new ClusterAddress(_clusterId, _database.ConnectionString)));
            _orleans = builder.Build();
            await _orleans.StartAsync();
        }

        return _orleans.Services;
    }

    /// <summary>The name of the silo on which the scheduler is active.</summary>
    public async Task<string> SchedulerSiloAsync()
    {
        var grains = (await OrleansClientAsync()).GetRequiredService<IGrainFactory>();
        string? name = null;
        await Await.Until(
            async () => (name = await TryAskOrleansAsync(async () => NameOf(await grains.GetGrain<IManagementGrain>(0).GetActivationAddress(grains.GetGrain<ISchedulerGrain>("default"))))) is not null,
            Limit,
            "the scheduler to be active on a silo that is up");
        return name!;
    }

    /// <summary>Asks the cluster as its Orleans clients do, until it answers.</summary>
    public async Task<T> AskOrleansAsync<T>(Func<Task<T>> ask, string what)
        where T : class
    {
        T? answer = null;
        await Await.Until(async () => (answer = await TryAskOrleansAsync<T>(async () => await ask())) is not null, Limit, what);
        return answer!;
    }

    public async ValueTask DisposeAsync()
    {
        if (_orleans is not null)
        {
            await _orleans.StopAsync();
            _orleans.Dispose();
        }

        foreach (var server in _servers.Values)
        {
            await server.DisposeAsync();
        }

        await _database.DisposeAsync();
        _folder.Dispose();
    }

    // A silo that is being stopped or waits for the cluster's verdict on another may not answer now.
    private async Task<T?> TryAsync<T>(Func<SiloHttpClient, Task<T>> call)
        where T : class
    {
        try
        {
            return await call(_servers.Values.First(static server => server.IsUp).Client);
        }
        catch (Exception problem) when (problem is HttpRequestException or TimeoutException or SiloApiException { Status: HttpStatusCode.ServiceUnavailable })
        {
            return null;
        }
    }

    private static async Task<T?> TryAskOrleansAsync<T>(Func<Task<T?>> ask)
        where T : class
    {
        try
        {
            return await ask();
        }
        catch (Exception problem) when (problem is OrleansException or TimeoutException or ActorUnavailableException)
        {
            return null;
        }
    }

    private string? NameOf(SiloAddress? address) =>
        _servers.Where(server => server.Value.IsUp && server.Value.Ports.Silo == address?.Endpoint.Port).Select(static server => server.Key).SingleOrDefault();

    private string LastWords(string name) => string.Join(Environment.NewLine, File.ReadLines(_folder.Combine($"{name}.log")).TakeLast(10));

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
}

internal readonly record struct ServerPorts(int Silo, int Gateway);
