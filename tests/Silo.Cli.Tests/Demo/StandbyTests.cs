using System.Net;
using System.Text.RegularExpressions;
using Silo.Cli.Tests.Serving;
using Silo.Client;
using Silo.Contracts.Json;
using Silo.Contracts.Tasks;
using Silo.Testing;
using Silo.Testing.Postgres;

namespace Silo.Cli.Tests.Demo;

/// <summary>Two servers over one database: one schedules, the other stands by.</summary>
[Collection(DemoCollection.Name)]
public sealed partial class StandbyTests : IAsyncLifetime
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(1);

    private readonly TemporaryFolder _firstFolder = new();
    private readonly TemporaryFolder _secondFolder = new();
    private PostgresDatabase _database = null!;

    public async ValueTask InitializeAsync() => _database = await (await PostgresServer.SharedAsync()).CreateDatabaseAsync();

    public async ValueTask DisposeAsync()
    {
        await _database.DisposeAsync();
        _firstFolder.Dispose();
        _secondFolder.Dispose();
    }

    [Fact]
    public async Task SecondServer_FirstStops_TakesOverItsTasks()
    {
        await using var first = await StartAsync(_firstFolder, slots: 0);
        await first.UntilReadyAsync();
        await using var second = await StartAsync(_secondFolder, slots: 2);
        var left = await first.Client.SubmitAsync(Echo(1));

        var refused = await Assert.ThrowsAsync<SiloApiException>(() => second.Client.SubmitAsync(Echo(2)));
        Assert.Equal((HttpStatusCode.ServiceUnavailable, "not_ready"), (refused.Status, refused.Code));
        Assert.False(await second.IsReadyAsync());

        first.Process.Terminate();
        Assert.Equal(0, await first.Process.WaitForExitAsync(default));
        await second.UntilReadyAsync();

        Assert.Equal("succeeded", (await second.Client.GetTaskAsync(left.Id.ToString(), Limit)).State);
        AssertEpochsApart();
    }

    [Fact]
    public async Task SecondServer_FirstIsPausedPastItsLease_SchedulesAloneAndInAnotherEpoch()
    {
        await using var first = await StartAsync(_firstFolder, slots: 2);
        await first.UntilReadyAsync();
        await using var second = await StartAsync(_secondFolder, slots: 2);
        // The two that run when it is paused end when it goes on, long after they were given to the other.
        var before = await SubmitAsync(first, 20, milliseconds: 1500);
        await Await.Until(async () => (await first.Client.GetOverviewAsync()).Counts.Running == 2, Limit, "two tasks to be marked as running");

        first.Process.Freeze();
        await second.UntilReadyAsync();
        var during = await SubmitAsync(second, 20, milliseconds: 50);
        first.Process.Thaw();

        await Await.Until(async () => !await first.IsReadyAsync(), Limit, "the first server to stand by");
        var epoch = (await second.Client.CheckReadyAsync()).Epoch;
        foreach (var id in before.Concat(during))
        {
            Assert.Equal("succeeded", (await second.Client.GetTaskAsync(id.ToString(), Limit)).State);
        }

        // Whichever would win a quarrel, nobody took another epoch while everything ran.
        Assert.Equal(epoch, (await second.Client.CheckReadyAsync()).Epoch);
        Assert.False(await first.IsReadyAsync());
        AssertEpochsApart();
        Assert.Equal(40, await _database.ReadAsync<long>("select count(*) from (select unnest(ids) from silo.endings) as ended"));
    }

    private Task<RunningServer> StartAsync(TemporaryFolder folder, int slots) =>
        RunningServer.StartAsync(folder, "--store", "postgres", "--connection", _database.Url, "--slots", $"{slots}", "--log", "information");

    private static async Task<List<Guid>> SubmitAsync(RunningServer server, int tasks, int milliseconds)
    {
        var requests = Enumerable.Range(0, tasks).Select(_ => new SubmitTaskRequest { Type = "sleep", Payload = RawJson.Parse($"{{\"milliseconds\":{milliseconds}}}") });
        return [.. (await server.Client.SubmitAsync([.. requests])).Select(answer => answer.Id)];
    }

    private static SubmitTaskRequest Echo(int value) => new() { Type = "echo", Payload = RawJson.Parse($"{value}") };

    /// <summary>By what both servers logged: each scheduler that ever acted did so in an epoch of its own.</summary>
    private void AssertEpochsApart()
    {
        var epochs = new[] { _firstFolder, _secondFolder }.SelectMany(folder => ActsIn().Matches(File.ReadAllText(folder.Combine("server.log"))).Select(match => match.Groups[1].Value)).ToList();

        Assert.InRange(epochs.Count, 2, int.MaxValue);
        Assert.Equal(epochs.Distinct(), epochs);
    }

    [GeneratedRegex("acts in epoch ([0-9]+)")]
    private static partial Regex ActsIn();
}
