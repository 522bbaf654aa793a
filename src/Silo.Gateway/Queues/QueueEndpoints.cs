using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Silo.Contracts.Json;
using Silo.Contracts.Problems;
using Silo.Contracts.Queues;
using Silo.Core.Engine;
using Silo.Core.Queues;
using Silo.Gateway.OpenApi;
using Silo.Gateway.Overview;
using Silo.Gateway.Problems;
using Silo.Gateway.Requests;
using Silo.Gateway.Security;

namespace Silo.Gateway.Queues;

/// <summary>Queues, as operators see and set them.</summary>
internal static class QueueEndpoints
{
    public const int ConcurrencyMaxMax = 1_000_000;

    public static void MapQueueApi(this RouteGroupBuilder api)
    {
        var queues = api.MapGroup("/queues").WithTags("queues").Refuses(RefusalSets.Core);
        queues.MapGet("", ListAsync).RequireScope(Scope.Read)
            .Describe("listQueues", "Every queue with its settings, load and counts, and the strategies that can be set.")
            .Answers(typeof(QueueListResponse), "The queues, in order of name.");
        queues.MapGet("/{queue}", ReadAsync).RequireScope(Scope.Read)
            .Describe("readQueue", "Shows a queue.")
            .Refuses(RefusalSets.Found)
            .Answers(typeof(QueueResponse), "The queue.");
        queues.MapPut("/{queue}", SetAsync).RequireScope(Scope.Operate)
            .Describe("setQueue", "Creates a queue or replaces its settings.")
            .TakesJson(typeof(SetQueueRequest))
            .Refuses(422, ProblemCodes.UnknownStrategy)
            .Answers(typeof(QueueResponse), "The queue as it is set now.");
    }

    private static async Task<Results<JsonHttpResult<QueueListResponse>, ProblemResult>> ListAsync(HttpContext context, ISiloClient client, SchedulerView scheduler)
    {
        if (NoQuery.Refuse(context.Request) is { } refusal)
            return refusal;
        var (snapshot, queues) = await AllAsync(client, scheduler, context.RequestAborted);
        return Answer.Ok(new QueueListResponse(queues, snapshot.Strategies), ApiJson.Wire.QueueListResponse);
    }

    private static async Task<Results<JsonHttpResult<QueueResponse>, ProblemResult>> ReadAsync(
        HttpContext context, string queue, ISiloClient client, SchedulerView scheduler)
    {
        if (NoQuery.Refuse(context.Request) is { } refusal)
            return refusal;
        var (snapshot, queues) = await AllAsync(client, scheduler, context.RequestAborted);
        if (queues.FirstOrDefault(known => known.Name == queue) is { } found)
            return Answer.Ok(found, ApiJson.Wire.QueueResponse);
        return SchedulerView.IsStarting(snapshot) ? ApiProblems.NotReady("The scheduler is starting, so it cannot be said which queues there are.") : ApiProblems.NoSuchQueue(queue);
    }

    private static async Task<Results<JsonHttpResult<QueueResponse>, ProblemResult>> SetAsync(
        HttpContext context, string queue, ISiloClient client, SchedulerView scheduler, GatewayOptions options)
    {
        var (utf8, refusal) = await JsonBody.ReadBytesAsync(context, options);
        if (refusal is not null)
            return refusal;
        var problems = new RequestProblems();
        _ = new QueryFields(context.Request, problems);
        problems.Name("name", queue);
        var request = JsonBody.Parse(utf8, options.Json.Client.SetQueueRequest, root: "", problems) ?? new SetQueueRequest();
        var settings = new QueueSettings
        {
            Name = queue,
            Strategy = request.Strategy ?? QueueSettings.StrategyDefault,
            Paused = request.Paused ?? false,
            ConcurrencyMax = request.ConcurrencyMax is { } max ? problems.Between("concurrencyMax", max, 1, ConcurrencyMaxMax) : null,
        };
        await CheckStrategyAsync(settings.Strategy, problems, scheduler, context.RequestAborted);
        if (problems.Any)
            return ApiProblems.Of(problems);

        var reply = await client.SetQueueAsync(settings, context.RequestAborted);
        if (reply.Status == SetQueueStatus.NotReady)
            return ApiProblems.NotReady("No scheduler acts now, so the queue was not changed.");
        if (reply.Status == SetQueueStatus.UnknownStrategy)
            return UnknownStrategy(problems, settings.Strategy, reply.Strategies);
        return Answer.Ok(QueueShown.Of(settings), ApiJson.Wire.QueueResponse);
    }

    /// <summary>Asked beforehand only so that it is told together with the other problems: the scheduler's own answer decides.</summary>
    private static async Task CheckStrategyAsync(string strategy, RequestProblems problems, SchedulerView scheduler, CancellationToken cancellationToken)
    {
        if (await scheduler.ReadRecentAsync(fresh: false, cancellationToken) is { Strategies: { Count: > 0 } known } && !known.Contains(strategy))
            UnknownStrategy(problems, strategy, known);
    }

    private static ProblemResult UnknownStrategy(RequestProblems problems, string strategy, IReadOnlyList<string> known)
    {
        problems.Add("strategy", ProblemCodes.UnknownStrategy, $"must be one of {string.Join(", ", known)}; '{strategy}' was given" + (NearestName.Among(known, strategy) is { } nearest ? $", nearest is '{nearest}'" : ""));
        return ApiProblems.Of(problems);
    }

    private static async Task<(SchedulerSnapshot Snapshot, IReadOnlyList<QueueResponse> Queues)> AllAsync(
        ISiloClient client, SchedulerView scheduler, CancellationToken cancellationToken)
    {
        var snapshot = await scheduler.ReadAsync(cancellationToken);
        return (snapshot, QueueShown.All(snapshot, await client.CountAsync(cancellationToken)));
    }
}
