using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Hosting;
using Silo.Contracts.Events;
using Silo.Contracts.Problems;
using Silo.Core.Engine;
using Silo.Gateway.OpenApi;
using Silo.Gateway.Problems;
using Silo.Gateway.Requests;
using Silo.Gateway.Security;
using Silo.Gateway.Tasks;

namespace Silo.Gateway.Events;

/// <summary>What happens, as it happens.</summary>
internal static class EventEndpoints
{
    private static readonly QueryPart[] Parameters =
    [
        new("queue", "Only events of this queue, and those that do not know theirs."),
        new("node", "Only events of this node."),
        new("task", "Only events of this task: its id or number."),
    ];

    public static void MapEventApi(this RouteGroupBuilder api) => api.MapGet("/events", FollowAsync).RequireScope(Scope.Read)
        .WithTags("events").Refuses(RefusalSets.Core).Refuses(RefusalSets.Task)
        .Describe("followEvents", "What happens to tasks, as server-sent events; `Last-Event-ID` goes on from there.")
        .TakesQuery(Parameters)
        .Refuses(422, ProblemCodes.BadName)
        .Refuses(503, ProblemCodes.TooManyReaders)
        .Answers(new AnswerPart(StatusCodes.Status200OK, "Events named `task`, and `missed` where some are gone.", EventStream.ContentType, typeof(TaskEventMessage)));

    private static async Task<IResult> FollowAsync(
        HttpContext context, ISiloClient client, EventFeed feed, ReaderSeats seats, TimeProvider time, IHostApplicationLifetime lifetime)
    {
        var (filter, refusal) = await FilterAsync(context, client);
        if (filter is null)
            return refusal!;
        using var seat = seats.TryTake();
        if (seat is null)
            return ApiProblems.TooManyReaders();

        using var ended = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, lifetime.ApplicationStopping);
        var lastId = context.Request.Headers["Last-Event-ID"] is [{ Length: > 0 } id, ..] ? id : null;
        var place = feed.Enter(lastId);
        try
        {
            await new EventStream(feed, filter, context.Response, time).RunAsync(place, ended.Token);
        }
        catch (OperationCanceledException) when (!context.RequestAborted.IsCancellationRequested)
        {
            // The server stops: the stream ends in order, and the client comes back.
        }
        catch (ReaderStalledException)
        {
            // What it has not read lies before any last word; coming back with its last id, it hears what it missed.
            context.Abort();
        }
        finally
        {
            feed.Leave();
        }

        return Results.Empty;
    }

    private static async Task<(EventFilter? Filter, ProblemResult? Refusal)> FilterAsync(HttpContext context, ISiloClient client)
    {
        var problems = new RequestProblems();
        var query = new QueryFields(context.Request, problems, [.. Parameters.Select(parameter => parameter.Name)]);
        var queue = query.Text("queue") is { } queueName ? problems.Name("queue", queueName) : null;
        var node = query.Text("node") is { } nodeName ? problems.Name("node", nodeName) : null;
        var task = query.Text("task");
        if (problems.Any)
            return (null, ApiProblems.Of(problems));
        if (task is null)
            return (new EventFilter(queue, node, Task: null), null);
        var (id, refusal) = await TaskEndpoints.IdOfAsync(task, client, context.RequestAborted);
        return refusal is null ? (new EventFilter(queue, node, id), null) : (null, refusal);
    }
}
