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

        foreach (var name in cluster.Servers.Keys)
        {
            var end = await Await.Within(RunAsync(cluster.Servers[name].Client), TimeSpan.FromSeconds(60), $"a task that {name} took");
            Assert.Equal(("succeeded", "worker-0"), (end.State, end.Node));
        }

        Assert.Equal("gateway-0 true, web-0 true, worker-0 false", await cluster.Database.ReadAsync<string>(
            "SELECT string_agg(name || ' ' || (gateway_port > 0), ', ' ORDER BY name) FROM silo.cluster_members"));
    }

    private static async Task<TaskResponse> RunAsync(SiloHttpClient client)
    {
        var task = await client.SubmitAsync(new SubmitTaskRequest { Type = "echo" });
        while (true)
        {
            var now = await client.GetTaskAsync($"{task.Id}", TimeSpan.FromSeconds(2));
            if (now.State is "succeeded" or "failed")
            {
                return now;
            }
        }
    }
}
