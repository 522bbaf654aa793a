using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Silo.Contracts.Json;
using Silo.Contracts.Overview;
using Silo.Core.Engine;
using Silo.Gateway.Nodes;
using Silo.Gateway.OpenApi;
using Silo.Gateway.Problems;
using Silo.Gateway.Queues;
using Silo.Gateway.Requests;
using Silo.Gateway.Security;

namespace Silo.Gateway.Overview;

/// <summary>Everything at a glance.</summary>
internal static class OverviewEndpoints
{
    public static void MapOverviewApi(this RouteGroupBuilder api) => api.MapGet("/overview", ReadAsync).RequireScope(Scope.Read)
        .WithTags("server").Refuses(RefusalSets.Core)
        .Describe("readOverview", "Store time, epoch, counts, queues and nodes at once.")
        .Answers(typeof(OverviewResponse), "Everything at a glance.");

    private static async Task<Results<JsonHttpResult<OverviewResponse>, ProblemResult>> ReadAsync(HttpContext context, ISiloClient client, SchedulerView scheduler)
    {
        if (NoQuery.Refuse(context.Request) is { } refusal)
            return refusal;
        var snapshot = await scheduler.ReadAsync(context.RequestAborted);
        var counts = await client.CountAsync(context.RequestAborted);
        var overview = new OverviewResponse
        {
            Now = client.Now,
            Epoch = snapshot.Epoch,
            TakingOver = snapshot.TakingOver,
            Counts = QueueShown.Counts(counts),
            Queues = QueueShown.All(snapshot, counts),
            Nodes = NodeShown.All(snapshot),
        };
        return Answer.Ok(overview, ApiJson.Wire.OverviewResponse);
    }
}
