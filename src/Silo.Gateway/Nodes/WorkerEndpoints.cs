using System.Text.Json.Serialization.Metadata;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Silo.Contracts.Json;
using Silo.Contracts.Nodes;
using Silo.Contracts.Problems;
using Silo.Core.Engine;
using Silo.Gateway.OpenApi;
using Silo.Gateway.Problems;
using Silo.Gateway.Requests;
using Silo.Gateway.Security;

namespace Silo.Gateway.Nodes;

/// <summary>The node protocol: each call is one call of <see cref="INodeDoor"/>. What a worker must act on is a status in a good answer, not an HTTP error.</summary>
internal static class WorkerEndpoints
{
    public static void MapWorkerApi(this RouteGroupBuilder api)
    {
        var node = api.MapGroup("/nodes/{node}").RequireScope(Scope.Worker).WithTags("node protocol").Refuses(RefusalSets.Core);
        node.MapPost("/register", RegisterAsync)
            .Describe("registerNode", "Joins as a node, under a new incarnation.")
            .TakesJson(typeof(RegisterRequest)).Refuses(422, ProblemCodes.UnknownValue)
            .Answers(typeof(RegisterResponse), "What the worker must act on is the status.");
        node.MapPost("/lease", LeaseAsync)
            .Describe("leaseTasks", "Asks for tasks; may wait for a first one.")
            .TakesJson(typeof(LeaseTasksRequest))
            .Answers(typeof(LeaseTasksResponse), "A batch of tasks, and orders about those that are held.");
        node.MapPost("/complete", CompleteAsync)
            .Describe("completeTasks", "Says how executions ended, and which tasks are given back unstarted.")
            .TakesJson(typeof(CompleteTasksRequest)).Refuses(413, ProblemCodes.ResultTooLarge).Refuses(422, ProblemCodes.UnknownValue)
            .Answers(typeof(CompleteTasksResponse), "One answer per report, in order.");
        node.MapPost("/progress", ProgressAsync)
            .Describe("reportProgress", "Tells progress and log lines of running tasks.")
            .TakesJson(typeof(ReportProgressRequest))
            .Answers(typeof(DoorResponse), "Orders about what is held.");
        node.MapPost("/beat", BeatAsync)
            .Describe("beatNode", "Says that the worker is alive, how loaded it is and how much it holds.")
            .TakesJson(typeof(BeatRequest))
            .Answers(typeof(DoorResponse), "Orders about what is held.");
        node.MapPost("/adopt", AdoptAsync)
            .Describe("adoptNode", "Tells a server that has forgotten it what the worker holds.")
            .TakesJson(typeof(AdoptRequest)).Refuses(422, ProblemCodes.UnknownValue)
            .Answers(typeof(DoorResponse), "Orders about what is held.");
        node.MapPost("/leave", LeaveAsync)
            .Describe("leaveNode", "Leaves in order; refused by its status while something is held.")
            .TakesJson(typeof(LeaveRequest))
            .Answers(typeof(DoorResponse), "Whether the node has left.");
    }

    private static async Task<Results<JsonHttpResult<RegisterResponse>, ProblemResult>> RegisterAsync(HttpContext context, string node, IActors actors, GatewayOptions options)
    {
        var call = await ReadAsync(
            context, node, options, options.Json.Node.RegisterRequest, (request, problems) => new WorkerRegistration(new RegistrationReader(problems).Read(node, request, "")));
        return call.Refusal is { } refusal
            ? refusal
            : Answer.Ok(WorkerAnswers.Of(await actors.Node(node).RegisterAsync(call.Request!)), ApiJson.Wire.RegisterResponse);
    }

    private static async Task<Results<JsonHttpResult<LeaseTasksResponse>, ProblemResult>> LeaseAsync(
        HttpContext context, string node, IActors actors, WaitEnd waits, GatewayOptions options)
    {
        var call = await ReadAsync(context, node, options, options.Json.Node.LeaseTasksRequest, (request, problems) => new WorkerCallReader(problems).Read(request));
        if (call.Refusal is { } refusal)
            return refusal;
        var reply = await waits.OrStopAsync(context, _ => actors.Node(node).LeaseAsync(call.Request!));
        return Answer.Ok(WorkerAnswers.Of(reply ?? new LeaseReply { Status = DoorStatus.NotReady }), ApiJson.Wire.LeaseTasksResponse);
    }

    private static async Task<Results<JsonHttpResult<CompleteTasksResponse>, ProblemResult>> CompleteAsync(HttpContext context, string node, IActors actors, GatewayOptions options)
    {
        var call = await ReadAsync(context, node, options, options.Json.Node.CompleteTasksRequest, (request, problems) => new WorkerCallReader(problems).Read(request));
        return call.Refusal is { } refusal
            ? refusal
            : Answer.Ok(WorkerAnswers.Of(await actors.Node(node).CompleteAsync(call.Request!)), ApiJson.Wire.CompleteTasksResponse);
    }

    private static Task<Results<JsonHttpResult<DoorResponse>, ProblemResult>> ProgressAsync(HttpContext context, string node, IActors actors, GatewayOptions options) =>
        CallAsync(context, node, options, options.Json.Node.ReportProgressRequest, (request, problems) => new WorkerCallReader(problems).Read(request), actors.Node(node).ProgressAsync);

    private static Task<Results<JsonHttpResult<DoorResponse>, ProblemResult>> BeatAsync(HttpContext context, string node, IActors actors, GatewayOptions options) =>
        CallAsync(context, node, options, options.Json.Node.BeatRequest, (request, problems) => new WorkerCallReader(problems).Read(request), actors.Node(node).BeatAsync);

    private static Task<Results<JsonHttpResult<DoorResponse>, ProblemResult>> AdoptAsync(HttpContext context, string node, IActors actors, GatewayOptions options) =>
        CallAsync(context, node, options, options.Json.Node.AdoptRequest, (request, problems) => new WorkerCallReader(problems).Read(node, request), actors.Node(node).AdoptAsync);

    private static Task<Results<JsonHttpResult<DoorResponse>, ProblemResult>> LeaveAsync(HttpContext context, string node, IActors actors, GatewayOptions options) =>
        CallAsync(context, node, options, options.Json.Node.LeaveRequest, (request, problems) => new WorkerCallReader(problems).Read(request), actors.Node(node).LeaveAsync);

    private static async Task<Results<JsonHttpResult<DoorResponse>, ProblemResult>> CallAsync<TWire, TCall>(
        HttpContext context, string node, GatewayOptions options, JsonTypeInfo<TWire> info, Func<TWire, RequestProblems, TCall> read, Func<TCall, Task<WorkerReply>> call)
        where TWire : class
        where TCall : class
    {
        var (request, refusal) = await ReadAsync(context, node, options, info, read);
        return refusal is not null ? refusal : Answer.Ok(WorkerAnswers.Of(await call(request!)), ApiJson.Wire.DoorResponse);
    }

    private static async Task<(TCall? Request, ProblemResult? Refusal)> ReadAsync<TWire, TCall>(
        HttpContext context, string node, GatewayOptions options, JsonTypeInfo<TWire> info, Func<TWire, RequestProblems, TCall> read)
        where TWire : class
        where TCall : class
    {
        var (utf8, refusal) = await JsonBody.ReadBytesAsync(context, options);
        if (refusal is not null)
            return (null, refusal);
        var problems = new RequestProblems();
        _ = new QueryFields(context.Request, problems);
        problems.Name("name", node);
        var call = JsonBody.Parse(utf8, info, root: "", problems) is { } request ? read(request, problems) : null;
        return problems.Any ? (null, ApiProblems.Of(problems)) : (call, null);
    }
}
