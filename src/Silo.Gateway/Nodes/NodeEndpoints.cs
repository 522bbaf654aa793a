using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Silo.Contracts.Json;
using Silo.Contracts.Nodes;
using Silo.Contracts.Problems;
using Silo.Core.Engine;
using Silo.Gateway.OpenApi;
using Silo.Gateway.Overview;
using Silo.Gateway.Problems;
using Silo.Gateway.Requests;
using Silo.Gateway.Security;

namespace Silo.Gateway.Nodes;

/// <summary>Nodes, as operators see, drain and remove them.</summary>
internal static class NodeEndpoints
{
    public static void MapNodeApi(this RouteGroupBuilder api)
    {
        var nodes = api.MapGroup("/nodes").WithTags("nodes").Refuses(RefusalSets.Core);
        nodes.MapGet("", ListAsync).RequireScope(Scope.Read)
            .Describe("listNodes", "Every node as the scheduler sees it, dead ones included.")
            .Answers(typeof(NodeListResponse), "The nodes, in order of name.");
        nodes.MapGet("/{node}", ReadAsync).RequireScope(Scope.Read)
            .Describe("readNode", "Shows a node.")
            .Refuses(RefusalSets.Found)
            .Answers(typeof(NodeResponse), "The node.");
        nodes.MapPost("/{node}/drain", DrainAsync).RequireScope(Scope.Operate)
            .Describe("drainNode", "Gives a node nothing more to start, and takes back what it has not started.")
            .TakesNoBody().Refuses(RefusalSets.Found)
            .Answers(typeof(NodeResponse), "The node, draining.");
        nodes.MapPost("/{node}/resume", ResumeAsync).RequireScope(Scope.Operate)
            .Describe("resumeNode", "Ends a node's drain.")
            .TakesNoBody().Refuses(RefusalSets.Found)
            .Answers(typeof(NodeResponse), "The node, which is given tasks again.");
        nodes.MapDelete("/{node}", RemoveAsync).RequireScope(Scope.Operate)
            .Describe("removeNode", "Takes a node that has left or died off the list.")
            .TakesNoBody().Refuses(RefusalSets.Found)
            .Refuses(409, ProblemCodes.NodeAlive)
            .Answers(typeof(NodeResponse), "The node as it was. A process of that name is a new node from now on.");
    }

    private static async Task<Results<JsonHttpResult<NodeListResponse>, ProblemResult>> ListAsync(HttpContext context, SchedulerView scheduler)
    {
        if (NoQuery.Refuse(context.Request) is { } refusal)
            return refusal;
        var snapshot = await scheduler.ReadAsync(context.RequestAborted);
        return Answer.Ok(new NodeListResponse(NodeShown.All(snapshot)), ApiJson.Wire.NodeListResponse);
    }

    private static async Task<Results<JsonHttpResult<NodeResponse>, ProblemResult>> ReadAsync(HttpContext context, string node, SchedulerView scheduler)
    {
        if (NoQuery.Refuse(context.Request) is { } refusal)
            return refusal;
        return await FoundAsync(node, scheduler, context.RequestAborted);
    }

    private static Task<Results<JsonHttpResult<NodeResponse>, ProblemResult>> DrainAsync(
        HttpContext context, string node, ISiloClient client, SchedulerView scheduler, GatewayOptions options) =>
        SetDrainAsync(context, node, draining: true, client, scheduler, options);

    private static Task<Results<JsonHttpResult<NodeResponse>, ProblemResult>> ResumeAsync(
        HttpContext context, string node, ISiloClient client, SchedulerView scheduler, GatewayOptions options) =>
        SetDrainAsync(context, node, draining: false, client, scheduler, options);

    private static async Task<Results<JsonHttpResult<NodeResponse>, ProblemResult>> SetDrainAsync(
        HttpContext context, string node, bool draining, ISiloClient client, SchedulerView scheduler, GatewayOptions options)
    {
        if (await NoBody.RefuseAsync(context, options) is { } refusal)
            return refusal;
        var reply = await client.DrainNodeAsync(node, draining, context.RequestAborted);
        return reply.Status switch
        {
            DrainNodeStatus.UnknownNode => ApiProblems.NoSuchNode(node),
            DrainNodeStatus.NotReady => ApiProblems.NotReady("No scheduler acts now, so the node was not changed."),
            _ => await FoundAsync(node, scheduler, context.RequestAborted),
        };
    }

    private static async Task<Results<JsonHttpResult<NodeResponse>, ProblemResult>> RemoveAsync(
        HttpContext context, string node, ISiloClient client, SchedulerView scheduler, GatewayOptions options)
    {
        if (await NoBody.RefuseAsync(context, options) is { } refusal)
            return refusal;
        var snapshot = await scheduler.ReadAsync(context.RequestAborted);
        if (NodeShown.Find(snapshot, node) is not { } last)
            return Absent(snapshot, node);
        var reply = await client.ForgetNodeAsync(node, context.RequestAborted);
        return reply.Status switch
        {
            ForgetNodeStatus.UnknownNode => ApiProblems.NoSuchNode(node),
            ForgetNodeStatus.Alive => ApiProblems.NodeAlive(node),
            ForgetNodeStatus.NotReady => ApiProblems.NotReady("No scheduler can write now, so the node was not removed."),
            _ => Answer.Ok(last, ApiJson.Wire.NodeResponse),
        };
    }

    private static async Task<Results<JsonHttpResult<NodeResponse>, ProblemResult>> FoundAsync(string node, SchedulerView scheduler, CancellationToken cancellationToken)
    {
        var snapshot = await scheduler.ReadAsync(cancellationToken);
        return NodeShown.Find(snapshot, node) is { } found ? Answer.Ok(found, ApiJson.Wire.NodeResponse) : Absent(snapshot, node);
    }

    private static ProblemResult Absent(SchedulerSnapshot snapshot, string node) =>
        SchedulerView.IsStarting(snapshot) ? ApiProblems.NotReady("The scheduler is starting, so it cannot be said which nodes there are.") : ApiProblems.NoSuchNode(node);
}
