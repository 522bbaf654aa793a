using System.Diagnostics;
using Silo.Cli.Demo.Cluster;
using Silo.Cli.Ledger;
using Silo.Cli.Tasks;
using Silo.Contracts.Json;
using Silo.Contracts.Queues;
using Silo.Contracts.Tasks;
using Silo.Core.Tasks;
using Silo.Testing;

namespace Silo.Cli.Tests.Demo;

/// <summary>The node protocol as a program in another language speaks it: the worker of <c>docs/examples</c>, as it stands there.</summary>
[Collection(DemoCollection.Name)]
public sealed class PythonWorkerTests : IDisposable
{
    private const string Queue = "shared";
    private const int Tasks = 600;
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(2);
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Queue_SharedByPythonAndCSharp_ServerKilledTwice_EveryTaskEndsOnce()
    {
        await using var cluster = await StandaloneCluster.StartAsync(_folder.Path, [new WorkerShape("csharp", Slots: 3, Weight: 1)], connection: null, default);
        var ledgerFile = _folder.Combine("python.ledger");
        using var python = Start(cluster.Address, ledgerFile);
        try
        {
            await Await.Until(async () => (await cluster.Client.ListNodesAsync()).Nodes.Any(node => node.Name == "python" && node.Alive), Limit, "the Python worker to join");
            await cluster.Client.SetQueueAsync(Queue, new SetQueueRequest { Strategy = "round-robin" });
            var ids = await SubmitAsync(cluster);
            var ledger = new WorkerLedger(ledgerFile);
            for (var kills = 1; kills <= 2; kills++)
            {
                var accepted = ledger.Accepted;
                await Await.Until(() => ledger.Update() && ledger.Accepted > accepted + 40 && ledger.Running.Count > 0, Limit, "the Python worker to hold started tasks");
                await cluster.KillServerAsync();
                await cluster.StartServerAsync(default);
            }

            await Await.Until(async () => (await cluster.Client.GetQueueAsync(Queue)).Counts is { Waiting: 0, Running: 0 }, Limit, "every task to end");
            var listing = await TaskListing.ReadAsync(cluster.Client, new Dictionary<string, string?> { ["queue"] = Queue }, int.MaxValue, default);
            ledger.Update();
            cluster.UpdateLedgers();
            var verdict = LedgerAudit.Judge(new Evidence(
                ids,
                [.. ledger.Entries, .. cluster.Workers[0].Ledger.Entries],
                [.. listing.Select(task => new ListedTask(task.Id, WireNames.Parse<TaskState>(task.State), task.Node))],
                Loss: null));

            Assert.Empty(verdict.Problems);
            Assert.Equal((Tasks, Tasks, 0, 0), (verdict.Tasks, verdict.Succeeded, verdict.Lost, verdict.DuplicateOutcomes));
            Assert.All(["python", "csharp"], node => Assert.Contains(listing, task => task.Node == node));
        }
        finally
        {
            python.Kill();
            await python.WaitForExitAsync();
        }
    }

    private static async Task<List<Guid>> SubmitAsync(StandaloneCluster cluster)
    {
        var ids = new List<Guid>();
        foreach (var group in Enumerable.Range(0, Tasks).Chunk(100))
        {
            var requests = group.Select(_ => new SubmitTaskRequest { Type = "sleep", Queue = Queue, Payload = RawJson.Parse("""{"milliseconds":20}""") });
            ids.AddRange((await cluster.Client.SubmitAsync([.. requests])).Select(answer => answer.Id));
        }

        return ids;
    }

    private static Process Start(Uri server, string ledger)
    {
        var start = new ProcessStartInfo("python3") { RedirectStandardError = true, RedirectStandardOutput = true };
        foreach (var argument in (string[])[Clone.Combine("docs/examples/silo_worker.py"), "--server", server.ToString(), "--name", "python", "--slots", "3", "--ledger", ledger])
            start.ArgumentList.Add(argument);
        return Process.Start(start)!;
    }
}
