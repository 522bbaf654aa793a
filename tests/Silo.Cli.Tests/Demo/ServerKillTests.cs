using Silo.Cli.Demo.Cluster;
using Silo.Cli.Demo.Loss;
using Silo.Contracts.Queues;
using Silo.Testing;

namespace Silo.Cli.Tests.Demo;

[Collection(DemoCollection.Name)]
public sealed class ServerKillTests : IDisposable
{
    private const string Queue = "work";
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(2);
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Server_KilledWhileWorkersRunAndClientsSubmit_EveryAcknowledgedTaskEndsOnce()
    {
        string[] files = ["a.txt", "b.txt"];
        Assert.All(files, file => _folder.Write(file, file));
        await using var cluster = await DemoCluster.StartAsync(_folder.Path, LossOptions.Shapes, store: null, default);
        await cluster.Client.SetQueueAsync(Queue, new SetQueueRequest { Strategy = "weighted" });
        var accounts = new DemoAccounts(cluster, Queue);
        using var enough = new CancellationTokenSource();
        var submitting = SubmitAsync(accounts, DemoWork.Plan(files, Queue, digestsMin: 3000), enough.Token);

        for (var kills = 1; kills <= 2; kills++)
        {
            var accepted = Accepted(cluster);
            await Await.Until(
                () => cluster.UpdateLedgers() && Accepted(cluster) > accepted + 200 && cluster.Workers.Any(worker => worker.Ledger.Running.Count > 0),
                Limit,
                "workers to hold started tasks in the midst of the work");
            await cluster.KillServerAsync();
            await cluster.StartServerAsync(default);
            await Await.Within(cluster.WaitForWorkersAsync(default), Limit, "the workers to be known to the new server");
        }

        await enough.CancelAsync();
        var refused = await Await.Within(submitting, Limit, "the last submit to be answered");
        await Await.Until(() => accounts.AllEndedAsync(default), Limit, "every acknowledged task to end");
        var verdict = await accounts.SettleAsync(loss: null, default);

        Assert.Empty(verdict.Problems);
        Assert.InRange(verdict.Tasks, 400, int.MaxValue);
        Assert.Equal((verdict.Tasks, 0, 0), (verdict.Succeeded, verdict.Lost, verdict.DuplicateOutcomes));
        Assert.True(refused > 0, "No submit met a dead server, so the test has not tested what it is for.");
    }

    /// <summary>Submits small groups until told to stop; a group that is not acknowledged is nobody's, and the next one is tried.</summary>
    /// <returns>How many groups were not acknowledged.</returns>
    private static async Task<int> SubmitAsync(DemoAccounts accounts, IReadOnlyList<DemoTask> plan, CancellationToken enough)
    {
        var refused = 0;
        while (!enough.IsCancellationRequested)
        {
            foreach (var group in plan.Chunk(20).TakeWhile(_ => !enough.IsCancellationRequested))
            {
                try
                {
                    await accounts.SubmitAsync(group, CancellationToken.None);
                }
                catch (Exception exception) when (exception is HttpRequestException or TimeoutException or Silo.Client.SiloApiException)
                {
                    refused++;
                    await Task.Yield();
                }
            }
        }

        return refused;
    }

    private static int Accepted(DemoCluster cluster) => cluster.Workers.Sum(worker => worker.Ledger.Accepted);
}
