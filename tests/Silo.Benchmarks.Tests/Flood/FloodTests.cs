using Silo.Benchmarks.Flood;
using Silo.Benchmarks.Flood.Attacks;
using Silo.Client;
using Silo.Testing;

namespace Silo.Benchmarks.Tests.Flood;

/// <summary>A flood small enough for every run, against a real server process. It judges answers and memory, not times.</summary>
public sealed class FloodTests
{
    private const int HealthyCalls = 50;

    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(4);

    private static readonly FloodOptions Small = new() { RequestsPerSecond = 20, SlowConnections = 20, StalledReaders = 50, IdleConnections = 100 };

    [Fact]
    public async Task WrongRequests_EachOnce_AreAnsweredAndNoneByAServerError()
    {
        await using var server = await FloodServer.StartAsync(TestContext.Current.CancellationToken);
        var list = new WrongRequestList(server.Target);

        var answers = new List<string>();
        foreach (var request in list.Malformed.Concat(list.Oversized).Concat(list.WrongKeys))
            answers.Add(await server.Target.SendAsync(request, TestContext.Current.CancellationToken));

        Assert.DoesNotContain(answers, answer => answer == FloodTarget.Unanswered || (answer[0] == '5' && answer != "505"));
        Assert.All(list.WrongKeys.Zip(answers.TakeLast(list.WrongKeys.Count)), pair => Assert.Equal("401", pair.Second));
    }

    [Fact]
    public async Task Flood_OfEveryKind_LeavesHealthyClientsServedAndMemoryBounded()
    {
        await using var server = await FloodServer.StartAsync(TestContext.Current.CancellationToken);
        using var client = new SiloHttpClient(server.Target.Address, server.Target.ApiKey);
        await HealthyAsync(client);
        var before = server.ReadRssMib();

        var tally = new FloodTally();
        using var ended = new CancellationTokenSource();
        var attacks = FloodAttacks.All(server.Target, Small).Select(attack => attack.RunAsync(server.Target, tally, ended.Token)).ToList();
        var healthy = await Await.Within(HealthyAsync(client), Limit, "healthy clients in the flood");
        var grown = server.ReadRssMib() - before;
        await ended.CancelAsync();
        await Await.Within(Task.WhenAll(attacks), Limit, "the attackers to go");

        Assert.Equal((HealthyCalls, 0), (healthy.Calls, healthy.Failed));
        Assert.DoesNotContain(tally.Answers.Values.SelectMany(answers => answers.Keys), answer => answer[0] == '5' && answer != "505");
        Assert.InRange(grown, long.MinValue, FloodReport.GrowthMibMax);
        Assert.Equal(0, (await HealthyAsync(client)).Failed);
    }

    private static async Task<HealthyFigures> HealthyAsync(SiloHttpClient client)
    {
        var calls = new List<double?>();
        for (var call = 0; call < HealthyCalls; call++)
            calls.Add(await HealthyClient.CallAsync(client, TextWriter.Null));
        return HealthyClient.Judge(calls);
    }
}
