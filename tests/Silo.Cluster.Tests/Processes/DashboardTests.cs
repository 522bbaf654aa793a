using System.Net;
using System.Net.Http.Headers;
using Silo.Testing;

namespace Silo.Cluster.Tests.Processes;

/// <summary>Orleans' dashboard, which has no sign-in of its own.</summary>
public sealed class DashboardTests
{
    private const string Key = "0123456789abcdef0123456789abcdef";

    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(120);

    [Fact]
    public async Task Dashboard_AsksForTheKey_AndShowsTheGrainsOfSiloToWhoHasIt()
    {
        await using var cluster = await ServerCluster.StartWithKeyAsync("silo-0", Key);
        using var stranger = new HttpClient { BaseAddress = cluster.Servers["silo-0"].Address };
        using var operators = new HttpClient { BaseAddress = stranger.BaseAddress };
        operators.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", Key);

        foreach (var path in new[] { "/orleans/", "/orleans/DashboardCounters", "/orleans/GrainState" })
        {
            using var refused = await stranger.GetAsync(path);
            Assert.Equal(HttpStatusCode.Unauthorized, refused.StatusCode);
        }

        Assert.StartsWith("<!", (await operators.GetStringAsync("/orleans/")).TrimStart(), StringComparison.Ordinal);
        // The dashboard counts grains once a second.
        await Await.Until(
            async () => (await operators.GetStringAsync("/orleans/DashboardCounters")).Contains("SchedulerGrain", StringComparison.Ordinal), Limit, "the scheduler's grain to be shown");
    }
}
