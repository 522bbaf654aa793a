using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Silo.Contracts.Json;
using Silo.Contracts.Overview;
using Silo.Core.Engine;
using Silo.Core.Storage;
using Silo.Core.Workers;
using Silo.Gateway.OpenApi;
using Silo.Gateway.Problems;
using Silo.Gateway.Requests;
using Silo.Gateway.Security;

namespace Silo.Gateway.Overview;

/// <summary>For probes: whether the process is there, and whether it can do its work.</summary>
internal static class HealthEndpoints
{
    /// <summary>A probe that hangs tells less than one that says no.</summary>
    public static readonly TimeSpan AnswerWithin = TimeSpan.FromSeconds(5);

    public const string LivePath = "/health/live";

    private const string NoWrites = "The store takes no writes.";

    public static void MapHealth(this IEndpointRouteBuilder app)
    {
        app.MapGet("/", () => Answer.Ok(new ApiRoot("silo", GatewayRoutes.Api, "/health/ready"), ApiJson.Wire.ApiRoot)).AllowWithoutKey()
            .WithTags("server").Describe("readRoot", "Says what this is, and where the API and the readiness check are.")
            .Answers(typeof(ApiRoot), "Where things are.");
        app.MapGet(LivePath, () => Answer.Ok(new HealthResponse("ok"), ApiJson.Wire.HealthResponse)).AllowWithoutKey()
            .WithTags("server").Describe("readLiveness", "Answers while the process serves.")
            .Answers(typeof(HealthResponse), "The process serves.");
        app.MapGet("/health/ready", ReadyAsync).AllowWithoutKey()
            .WithTags("server").Refuses(RefusalSets.Core).Describe("readReadiness", "Says whether work can be done now.")
            .Answers(typeof(HealthResponse), "A scheduler acts and the store answers.");
    }

    private static async Task<Results<JsonHttpResult<HealthResponse>, ProblemResult>> ReadyAsync(
        HttpContext context, ISiloClient client, SchedulerView scheduler, TimeProvider time, IServiceProvider services)
    {
        var standby = services.GetService<IStandby>();
        if (standby?.ActiveElsewhere is not null)
            return ApiProblems.StandsBy();
        if (services.GetService<LocalWorker>() is { Leaving: true })
            return ApiProblems.NotReady("This server is told to stop and takes no more work.");
        if (standby is { CannotWrite: true })
            return ApiProblems.NotReady(NoWrites);
        using var late = new CancellationTokenSource(AnswerWithin, time);
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(late.Token, context.RequestAborted);
        try
        {
            var snapshot = await scheduler.ReadAsync(ended.Token).WaitAsync(ended.Token);
            if (snapshot.Epoch == 0)
                return ApiProblems.NotReady("No scheduler acts yet.");
            if (snapshot.TakingOver)
                return ApiProblems.NotReady("The scheduler is asking the nodes what they hold.");
            await client.CountAsync(ended.Token).WaitAsync(ended.Token);
            if (services.GetService<IStoreHealth>() is { } store && !await store.TakesWritesAsync(ended.Token).WaitAsync(ended.Token))
                return ApiProblems.NotReady(NoWrites);
            return Answer.Ok(new HealthResponse("ok", snapshot.Epoch), ApiJson.Wire.HealthResponse);
        }
        catch (OperationCanceledException) when (late.IsCancellationRequested)
        {
            return ApiProblems.NotReady("The scheduler or the store did not answer in time.");
        }
    }
}
