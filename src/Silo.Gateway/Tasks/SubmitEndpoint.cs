using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Silo.Contracts.Json;
using Silo.Contracts.Problems;
using Silo.Contracts.Tasks;
using Silo.Core.Engine;
using Silo.Core.Storage;
using Silo.Core.Tasks;
using Silo.Gateway.Metrics;
using Silo.Gateway.OpenApi;
using Silo.Gateway.Problems;
using Silo.Gateway.Requests;
using Silo.Gateway.Tasks.Streams;

namespace Silo.Gateway.Tasks;

/// <summary><c>POST tasks</c>: one task or an array of them, all or none of which pass the checks.</summary>
internal static class SubmitEndpoint
{
    public static void DescribeSubmit(this RouteHandlerBuilder route) => route
        .Describe("submitTasks", "Submits one task, up to 1,000 in an array, or a stream of them, one per line.")
        .TakesQuery(TaskEndpoints.Wait)
        .TakesJson(typeof(SubmitTaskRequest), typeof(SubmitTaskRequest[]))
        .WithMetadata(new BodyPart(SubmitStreamEndpoint.ContentType, Required: true, typeof(SubmitTaskRequest)))
        .Refuses(409, ProblemCodes.IdempotencyConflict)
        .Refuses(413, ProblemCodes.PayloadTooLarge, ProblemCodes.LineTooLong)
        .Refuses(new RefusalPart(422, ProblemCodes.ConflictingFields, ProblemCodes.UnknownQueue, ProblemCodes.UnknownType, ProblemCodes.BadPayload, ProblemCodes.PathNotAllowed) { MoreCodes = true })
        .Refuses(429, ProblemCodes.BacklogFull)
        .Answers(typeof(SubmittedTask), "The task is stored.", StatusCodes.Status201Created)
        .Answers(new AnswerPart(StatusCodes.Status200OK, "An earlier, equal task with the same idempotency key, or one entry per task of an array.", "application/json", typeof(SubmittedTask), typeof(SubmittedTask[])))
        .Answers(new AnswerPart(StatusCodes.Status200OK, "To a stream: per line an entry or a problem.", SubmitStreamEndpoint.ContentType, typeof(SubmittedTask), typeof(ApiProblem)));

    public static async Task<IResult> SubmitAsync(
        HttpContext context, ISiloClient client, SubmitDesk desk, KnownNames names, WaitEnd waits, BacklogGate backlog, SubmitTotals totals, GatewayOptions options)
    {
        if (SubmitStreamEndpoint.IsMeant(context.Request))
            return await SubmitStreamEndpoint.SubmitAsync(context, client, names, backlog, totals, options);
        var (utf8, unreadable) = await JsonBody.ReadBytesAsync(context, options);
        if (unreadable is not null)
            return unreadable;
        var problems = new RequestProblems();
        var isArray = SubmitDesk.IsArray(utf8);
        var query = isArray ? new QueryFields(context.Request, problems) : new QueryFields(context.Request, problems, "wait");
        var wait = query.Wait(TaskEndpoints.WaitMax);
        var (taken, refusal) = await desk.TakeAsync(utf8, problems, context.RequestAborted);
        if (refusal is not null)
            return refusal;
        return isArray
            ? Answer.Ok(await AnswerManyAsync(taken, client, context.RequestAborted), ApiJson.Wire.IReadOnlyListSubmittedTask)
            : await AnswerOneAsync(context, taken.Specs[0], taken.Answers[0], wait, client, waits);
    }

    private static async Task<IResult> AnswerOneAsync(HttpContext context, TaskSpec spec, InsertAnswer answer, TimeSpan wait, ISiloClient client, WaitEnd waits)
    {
        if (answer.Kind == InsertKind.KeyConflict)
            return ApiProblems.IdempotencyConflict(answer.Id.Value);
        var submitted = Submitted(spec, answer, client.Now);
        if (wait > TimeSpan.Zero && await waits.OrStopAsync(context, token => client.WaitAsync(answer.Id, wait, token)) is { Task: { } task } status)
            submitted = submitted with { State = WireNames.Of(status.State), Task = TaskShown.Of(task, status) };
        else if (answer.Kind == InsertKind.Duplicate)
            submitted = submitted with { State = await StateOfAsync(answer.Id, client, context.RequestAborted) };
        context.Response.Headers.Location = $"{GatewayRoutes.Api}/tasks/{answer.Id}";
        return Answer.With(answer.Kind == InsertKind.Inserted ? StatusCodes.Status201Created : StatusCodes.Status200OK, submitted, ApiJson.Wire.SubmittedTask);
    }

    public static async Task<IReadOnlyList<SubmittedTask>> AnswerManyAsync(SubmitTaken taken, ISiloClient client, CancellationToken cancellationToken)
    {
        var submitted = new SubmittedTask[taken.Specs.Count];
        for (var index = 0; index < submitted.Length; index++)
            submitted[index] = await ShownAsync(taken.Specs[index], taken.Answers[index], client, cancellationToken);
        return submitted;
    }

    /// <summary>What became of one task among many; an earlier one that was meant is shown with its state.</summary>
    public static async Task<SubmittedTask> ShownAsync(TaskSpec spec, InsertAnswer answer, ISiloClient client, CancellationToken cancellationToken)
    {
        var submitted = Submitted(spec, answer, client.Now);
        return answer.Kind == InsertKind.Inserted ? submitted : submitted with { State = await StateOfAsync(answer.Id, client, cancellationToken) };
    }

    public static SubmittedTask Submitted(TaskSpec spec, InsertAnswer answer, DateTimeOffset now) => new()
    {
        Id = answer.Id.Value,
        Number = answer.Number,
        State = answer.Kind == InsertKind.Inserted ? WireNames.Of(StoredState.Waiting.Shown(spec.RunAt, now)) : null,
        Duplicate = answer.Kind == InsertKind.Duplicate ? true : null,
        Conflict = answer.Kind == InsertKind.KeyConflict ? true : null,
    };

    private static async Task<string?> StateOfAsync(TaskId id, ISiloClient client, CancellationToken cancellationToken) =>
        await client.ReadAsync(id, cancellationToken) is { Task: not null } status ? WireNames.Of(status.State) : null;
}
