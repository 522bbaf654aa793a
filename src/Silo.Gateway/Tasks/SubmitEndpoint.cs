using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Silo.Contracts.Json;
using Silo.Contracts.Problems;
using Silo.Contracts.Tasks;
using Silo.Core.Engine;
using Silo.Core.Storage;
using Silo.Core.Tasks;
using Silo.Gateway.OpenApi;
using Silo.Gateway.Problems;
using Silo.Gateway.Requests;
using Silo.Gateway.Tasks.Streams;

namespace Silo.Gateway.Tasks;

/// <summary><c>POST tasks</c>: one task or an array of them, all or none of which pass the checks.</summary>
internal static class SubmitEndpoint
{
    private const string Root = "tasks";

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

    public static async Task<IResult> SubmitAsync(HttpContext context, ISiloClient client, KnownNames names, WaitEnd waits, BacklogGate backlog, GatewayOptions options)
    {
        if (SubmitStreamEndpoint.IsMeant(context.Request))
            return await SubmitStreamEndpoint.SubmitAsync(context, client, names, backlog, options);
        var (utf8, refusal) = await JsonBody.ReadBytesAsync(context, options);
        if (refusal is not null)
            return refusal;
        var problems = new RequestProblems();
        var isArray = utf8.Span.TrimStart(" \t\r\n"u8) is [(byte)'[', ..];
        var query = isArray ? new QueryFields(context.Request, problems) : new QueryFields(context.Request, problems, "wait");
        var wait = query.Wait(TaskEndpoints.WaitMax);
        var tasks = isArray ? ReadMany(utf8, client, problems, options) : ReadOne(utf8, client, problems, options);
        if (problems.Count < RequestProblems.ListedMax && await names.CheckAsync(WithGoodNames(tasks), problems, context.RequestAborted) is { } notNow && !problems.Any)
            return notNow;
        foreach (var (path, task) in tasks)
            names.CheckPayload(path, task, problems);
        if (problems.Any)
            return ApiProblems.Of(problems);

        var specs = tasks.Select(task => task.Task).ToList();
        if (await backlog.RefuseAsync(specs.Count, context.RequestAborted) is { } full)
            return full;
        IReadOnlyList<InsertAnswer> answers;
        try
        {
            answers = specs.Count == 0 ? [] : await client.SubmitAsync(specs, context.RequestAborted);
            backlog.Took(specs.Count);
        }
        catch (StoreUnknownException)
        {
            return ApiProblems.OutcomeUnknown([.. specs.Select(task => task.Id.Value)]);
        }

        return isArray
            ? Answer.Ok(await AnswerManyAsync(specs, answers, client, context.RequestAborted), ApiJson.Wire.IReadOnlyListSubmittedTask)
            : await AnswerOneAsync(context, specs[0], answers[0], wait, client, waits);
    }

    private static List<(string Path, TaskSpec Task)> ReadOne(ReadOnlyMemory<byte> utf8, ISiloClient client, RequestProblems problems, GatewayOptions options) =>
        JsonBody.Parse(utf8, options.Json.Client.SubmitTaskRequest, root: "", problems) is { } request
            ? [("", new TaskSpecReader(problems, client.Now, options).Read(request, "", client.NewTaskId()))]
            : [];

    private static List<(string Path, TaskSpec Task)> ReadMany(ReadOnlyMemory<byte> utf8, ISiloClient client, RequestProblems problems, GatewayOptions options)
    {
        var requests = JsonBody.Parse(utf8, options.Json.Client.IReadOnlyListSubmitTaskRequest, Root, problems);
        var reader = new TaskSpecReader(problems, client.Now, options);
        return [.. problems.Items(Root, requests, options.BatchTasksMax).Select(Read)];

        (string, TaskSpec) Read((int Index, SubmitTaskRequest Request) item)
        {
            var path = $"{Root}[{item.Index}]";
            return (path, reader.Read(item.Request, path, client.NewTaskId()));
        }
    }

    // A name that is none was reported for its form; whether it is known is no further news.
    private static List<(string Path, TaskSpec Task)> WithGoodNames(List<(string Path, TaskSpec Task)> tasks) =>
        [.. tasks.Where(task => task.Task.Type != FieldRules.NoName && task.Task.Queue != FieldRules.NoName)];

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

    private static async Task<IReadOnlyList<SubmittedTask>> AnswerManyAsync(
        List<TaskSpec> specs, IReadOnlyList<InsertAnswer> answers, ISiloClient client, CancellationToken cancellationToken)
    {
        var submitted = new SubmittedTask[specs.Count];
        for (var index = 0; index < submitted.Length; index++)
            submitted[index] = await ShownAsync(specs[index], answers[index], client, cancellationToken);
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
