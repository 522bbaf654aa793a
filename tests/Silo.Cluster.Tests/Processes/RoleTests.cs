using System.Net;
using Silo.Client;
using Silo.Contracts.Tasks;
using Silo.Testing;

namespace Silo.Cluster.Tests.Processes;

/// <summary>Silos that do only a part.</summary>
public sealed class RoleTests
{
    [Fact]
    public async Task Serve_InEachRole_RunsTasksAndTakesClientsAsItSays()
    {
        await using var cluster = await ServerCluster.StartEmptyAsync();

        await Task.WhenAll(cluster.AddAsync("web-0", 1, "--role", "web"), cluster.AddAsync("gateway-0", 1, "--role", "gateway"), cluster.AddAsync("worker-0", 1, "--role", "worker"));
        await cluster.UntilNodesAsync("worker-0");

        foreach (var (name, server) in cluster.Servers)
        {
            TaskResponse? end = null;
            await Await.Until(async () => (end = await TryRunAsync(server.Client, name)) is { State: "succeeded" }, TimeSpan.FromSeconds(120), $"a task that {name} took");
            Assert.Equal("worker-0", end!.Node);
        }

        Assert.Equal("gateway-0 true, web-0 true, worker-0 false", await cluster.Database.ReadAsync<string>(
            "SELECT string_agg(name || ' ' || (gateway_port > 0), ', ' ORDER BY name) FROM silo.cluster_members"));
    }

    /// <summary>Repeated under the same key until it is answered.</summary>
    private static async Task<TaskResponse?> TryRunAsync(SiloHttpClient client, string key)
    {
        try
        {
            var task = await client.SubmitAsync(new SubmitTaskRequest { Type = "echo", IdempotencyKey = key });
            return await client.GetTaskAsync($"{task.Id}");
        }
        catch (Exception problem) when (problem is HttpRequestException or TimeoutException or SiloApiException { Status: HttpStatusCode.ServiceUnavailable })
        {
            return null;
        }
    }
}
