using System.Diagnostics;
using Microsoft.Extensions.DependencyInjection;
using Silo.Client;
using Silo.Cluster.Client;
using Silo.Contracts.Json;
using Silo.Contracts.Problems;
using Silo.Contracts.Tasks;
using Silo.Core.Engine;
using Silo.Core.Tasks;
using Silo.Testing;

namespace Silo.Cluster.Tests.Processes;

/// <summary>Programs outside the cluster that speak to it as Orleans does.</summary>
public sealed class OrleansClientTests
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(120);

    [Fact]
    public async Task Actors_OfAnOrleansClient_ReadTheSchedulerAndWaitForATask()
    {
        await using var cluster = await ServerCluster.StartAsync(2, "silo-0", "silo-1");
        var actors = (await cluster.OrleansClientAsync()).GetRequiredService<IActors>();
        var ids = await cluster.SubmitAsync("sleep", """{"milliseconds":500}""", 1);

        var snapshot = await cluster.AskOrleansAsync(() => actors.Scheduler("default").ReadSnapshotAsync(new ReadSnapshot()), "the scheduler");
        var end = await cluster.AskOrleansAsync(() => actors.Task(new TaskId(ids[0])).WaitAsync(new WaitTask(TimeSpan.FromSeconds(20))), "the task");

        Assert.Equal(["silo-0", "silo-1"], snapshot.Nodes.Select(static node => node.Registration.Name).Order());
        Assert.Equal(TaskState.Succeeded, end.State);
    }

    [Fact]
    public async Task Example_AgainstACluster_SubmitsFollowsAwaitsAndCancels()
    {
        await using var cluster = await ServerCluster.StartAsync(2, "silo-0", "silo-1");
        var start = new ProcessStartInfo("dotnet") { RedirectStandardOutput = true, RedirectStandardError = true };
        // Where it was built, since beside the tests it would lack what they have from ASP.NET Core.
        var built = Path.GetRelativePath(Clone.Combine("tests/Silo.Cluster.Tests"), AppContext.BaseDirectory);
        foreach (var argument in new[] { Path.Combine(Clone.Combine("docs/examples/cluster-client"), built, "Silo.Examples.ClusterClient.dll"), cluster.ClusterId, cluster.Database.ConnectionString })
        {
            start.ArgumentList.Add(argument);
        }

        using var example = Process.Start(start)!;
        var (said, errors) = (example.StandardOutput.ReadToEndAsync(), example.StandardError.ReadToEndAsync());
        await Await.Within(example.WaitForExitAsync(), Limit, "the example to end");

        var words = await said;
        Assert.True(example.ExitCode == 0, $"{words}{await errors}");
        Assert.Matches("submitted task (\\d+); sent again it is task \\1", words);
        Assert.Matches("Running on silo-\\d: \\d+ %", words);
        Assert.Matches("task \\d+ Succeeded: 3", words);
        Assert.Matches("task \\d+ Cancelled", words);
        Assert.Contains("'echoo' is not: the nearest is 'echo'", words, StringComparison.Ordinal);
    }

    [Fact]
    public async Task SiloClusterClient_WhatIsRefused_IsRefusedAsOverHttp()
    {
        await using var cluster = await ServerCluster.StartAsync(1, "silo-0");
        var client = (await cluster.OrleansClientAsync()).GetRequiredService<SiloClusterClient>();
        var good = new SubmitTaskRequest { Type = "echo", IdempotencyKey = "one" };
        var first = await cluster.AskOrleansAsync(() => client.SubmitAsync(good), "the task to be taken");
        var conflict = good with { Payload = RawJson.Parse("1") };
        await Await.Within(client.WaitAsync(first.Id), Limit, "the task to end");

        await AssertSameRefusalAsync(ProblemCodes.IdempotencyConflict, () => client.SubmitAsync(conflict), http => http.SubmitAsync(conflict));
        SubmitTaskRequest[] wrong = [good with { Priority = 101 }, good with { Type = "ecoh" }];
        await AssertSameRefusalAsync(ProblemCodes.InvalidRequest, () => client.SubmitAsync(wrong), http => http.SubmitAsync(wrong));
        await AssertSameRefusalAsync(ProblemCodes.AlreadySettled, () => client.CancelAsync(first.Id), http => http.CancelTaskAsync($"{first.Id}"));
        var batch = await client.SubmitAsync([conflict, new SubmitTaskRequest { Type = "echo" }]);
        Assert.Equal((true, first.Id, null), (batch[0].Conflict, batch[0].Id, batch[1].Conflict));
        Assert.Null((await client.GetAsync(Guid.NewGuid())).Task);

        async Task AssertSameRefusalAsync<T>(string code, Func<Task<T>> byGrain, Func<SiloHttpClient, Task<T>> byHttp)
        {
            var grain = await Assert.ThrowsAsync<SiloApiException>(byGrain);
            var http = await Assert.ThrowsAsync<SiloApiException>(() => byHttp(cluster.Servers["silo-0"].Client));
            Assert.Equal((code, http.Status, http.Message), (grain.Code, grain.Status, grain.Message));
            Assert.Equal(http.Errors, grain.Errors);
        }
    }

    [Fact]
    public async Task Follow_OfARunningTask_OutlivesTheSiloThatRunsIt()
    {
        await using var cluster = await ServerCluster.StartAsync(1, "silo-0", "silo-1");
        await using var gate = await TaskGate.StartAsync();
        var client = (await cluster.OrleansClientAsync()).GetRequiredService<SiloClusterClient>();
        var ids = await cluster.SubmitAsync(TaskGate.Type, gate.Payload, 1);
        await Await.Until(() => gate.Arrived == 1, Limit, "the task to run");
        var states = new List<(TaskState State, string? Node)>();

        await Await.Within(FollowAsync(), Limit, "the task to end");

        var runner = states.First(static seen => seen.State == TaskState.Running).Node;
        Assert.Equal(TaskState.Succeeded, states[^1].State);
        Assert.NotEqual(runner, states[^1].Node);

        async Task FollowAsync()
        {
            await foreach (var status in client.FollowAsync(ids[0]))
            {
                states.Add((status.State, status.Node));
                if (states.Count(static seen => seen.State == TaskState.Running) == 1 && status.State == TaskState.Running)
                {
                    cluster.Servers[status.Node!].Kill();
                    gate.Open();
                }
            }
        }
    }
}
