using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Silo.Contracts.Json;
using Silo.Contracts.Scaling;
using Silo.Gateway.OpenApi;
using Silo.Gateway.Overview;
using Silo.Gateway.Problems;
using Silo.Gateway.Requests;
using Silo.Gateway.Security;

namespace Silo.Gateway.Scaling;

/// <summary>For autoscalers.</summary>
internal static class ScalingEndpoints
{
    public static void MapScalingApi(this RouteGroupBuilder api) => api.MapGet("/scaling", ReadAsync).RequireScope(Scope.Read)
        .WithTags("server").Refuses(RefusalSets.Core)
        .Describe("readScaling", "How much of the slots the due work would take, in all and per queue.")
        .Answers(typeof(ScalingResponse), "Work, slots and load.");

    private static async Task<Results<JsonHttpResult<ScalingResponse>, ProblemResult>> ReadAsync(HttpContext context, SchedulerView scheduler)
    {
        if (NoQuery.Refuse(context.Request) is { } refusal)
            return refusal;
        var snapshot = await scheduler.ReadAsync(context.RequestAborted);
        // A scheduler that starts knows neither its work nor its nodes: told as zero, that would shrink a cluster which is only restarting.
        if (SchedulerView.IsStarting(snapshot))
            return ApiProblems.NotReady("The scheduler is starting, so it cannot be said how much work there is.");
        return Answer.Ok(ScalingShown.Of(snapshot), ApiJson.Wire.ScalingResponse);
    }
}
