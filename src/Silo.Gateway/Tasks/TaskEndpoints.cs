using System.Globalization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Silo.Contracts.Json;
using Silo.Contracts.Problems;
using Silo.Contracts.Tasks;
using Silo.Core.Engine;
using Silo.Core.Storage;
using Silo.Core.Tasks;
using Silo.Gateway.OpenApi;
using Silo.Gateway.Problems;
using Silo.Gateway.Requests;
using Silo.Gateway.Security;

namespace Silo.Gateway.Tasks;

/// <summary>Tasks, as clients submit, watch and change them. A task is named by its id or its number.</summary>
internal static class TaskEndpoints
{
    public static readonly TimeSpan WaitMax = TimeSpan.FromSeconds(60);

    public static readonly QueryPart Wait = new("wait", "Seconds to wait for the task's end. Default 0.", "number") { Minimum = 0, Maximum = (long)WaitMax.TotalSeconds };

    public static void MapTaskApi(this RouteGroupBuilder api)
    {
        var tasks = api.MapGroup("/tasks").WithTags("tasks").Refuses(RefusalSets.Core);
        tasks.MapPost("", SubmitEndpoint.SubmitAsync).RequireScope(Scope.Submit).DescribeSubmit();
        tasks.MapGet("", ListAsync).RequireScope(Scope.Read)
            .Describe("listTasks", "Lists tasks, newest first, without payloads and results.")
            .TakesQuery(TaskQuery.Parameters)
            .Refuses(400, ProblemCodes.BadCursor)
            .Refuses(422, ProblemCodes.UnknownValue, ProblemCodes.BadName)
            .Answers(typeof(TaskListResponse), "A page of tasks.");
        tasks.MapGet("/{task}", ReadAsync).RequireScope(Scope.Read)
            .Describe("readTask", "Shows a task with its payload and result; may wait for its end.")
            .TakesQuery(Wait).Refuses(RefusalSets.Task)
            .Answers(typeof(TaskResponse), "The task.");
        tasks.MapGet("/{task}/result", TaskResultEndpoint.ReadAsync).RequireScope(Scope.Read)
            .Describe("readTaskResult", "What the handler returned, as it is; may wait for it.")
            .TakesQuery(Wait).Refuses(RefusalSets.Task)
            .Refuses(409, ProblemCodes.NotFinished, ProblemCodes.NoResult)
            .Answers(new AnswerPart(200, "The result, any JSON.", "application/json"));
        tasks.MapGet("/{task}/logs", TaskLogEndpoint.FollowAsync).RequireScope(Scope.Read)
            .Describe("followTaskLogs", "The lines that the handler logs, until the task ends.")
            .Refuses(RefusalSets.Task)
            .Refuses(503, ProblemCodes.TooManyReaders)
            .Answers(new AnswerPart(200, "Lines of text, as they come.", "text/plain"));
        tasks.MapPost("/{task}/cancel", CancelAsync).RequireScope(Scope.Operate)
            .Describe("cancelTask", "Asks for a cancel; the task ends soon after.")
            .TakesNoBody().Refuses(RefusalSets.Task)
            .Refuses(409, ProblemCodes.AlreadySettled)
            .Answers(typeof(TaskChange), "The cancel is on record.", 202);
        tasks.MapPost("/{task}/retry", RetryAsync).RequireScope(Scope.Operate)
            .Describe("retryTask", "Runs a failed or cancelled task again.")
            .TakesNoBody().Refuses(RefusalSets.Task)
            .Refuses(409, ProblemCodes.NotRetryable)
            .Answers(typeof(TaskChange), "The task waits for its next attempt.");
    }

    private static async Task<Results<JsonHttpResult<TaskResponse>, ProblemResult>> ReadAsync(HttpContext context, string task, ISiloClient client, WaitEnd waits)
    {
        var problems = new RequestProblems();
        var wait = new QueryFields(context.Request, problems, "wait").Wait(WaitMax);
        if (problems.Any)
            return ApiProblems.Of(problems);
        var (id, refusal) = await IdOfAsync(task, client, context.RequestAborted);
        if (refusal is not null)
            return refusal;

        var status = wait > TimeSpan.Zero ? await waits.OrStopAsync(context, token => client.WaitAsync(id, wait, token)) : null;
        status ??= await client.ReadAsync(id, context.RequestAborted);
        return status.Task is { } details ? Answer.Ok(TaskShown.Of(details, status), ApiJson.Wire.TaskResponse) : ApiProblems.NoSuchTask(task);
    }

    private static async Task<Results<JsonHttpResult<TaskListResponse>, ProblemResult>> ListAsync(HttpContext context, ISiloClient client)
    {
        var problems = new RequestProblems();
        var query = TaskQuery.Read(context.Request, problems);
        if (problems.Any)
            return ApiProblems.Of(problems);
        var page = await client.ListAsync(query.Filter, query.After, query.Limit, context.RequestAborted);
        var now = client.Now;
        var rows = page.Tasks.Select(task => (Task: task, State: task.State.Shown(task.Spec.RunAt, now)))
            .Where(row => query.State is null || row.State == query.State)
            .Select(row => TaskShown.Row(row.Task, row.State));
        return Answer.Ok(new TaskListResponse([.. rows], page.Next is { } next ? TaskQuery.Text(next) : null), ApiJson.Wire.TaskListResponse);
    }

    private static async Task<Results<JsonHttpResult<TaskChange>, ProblemResult>> CancelAsync(HttpContext context, string task, ISiloClient client, GatewayOptions options)
    {
        return await NoBody.RefuseAsync(context, options) is { } unwanted ? unwanted : await RequestCancelAsync(task, client, context.RequestAborted);
    }

    public static async Task<Results<JsonHttpResult<TaskChange>, ProblemResult>> RequestCancelAsync(string task, ISiloClient client, CancellationToken cancellationToken)
    {
        var (id, refusal) = await IdOfAsync(task, client, cancellationToken);
        if (refusal is not null)
            return refusal;
        var answer = (await client.CancelAsync([id], cancellationToken))[0];
        return answer.Kind switch
        {
            CancelKind.NotFound => ApiProblems.NoSuchTask(task),
            CancelKind.Settled => ApiProblems.AlreadySettled(WireNames.Of(answer.State)),
            _ => await CancellingAsync(id, answer.State, client, cancellationToken),
        };
    }

    private static async Task<JsonHttpResult<TaskChange>> CancellingAsync(TaskId id, StoredState stored, ISiloClient client, CancellationToken cancellationToken)
    {
        var status = await client.ReadAsync(id, cancellationToken);
        var state = status.Task is null ? stored.Shown(client.Now, client.Now) : status.State;
        var change = new TaskChange(id.Value, WireNames.Of(state), Cancelling: state.IsTerminal() ? null : true);
        return Answer.With(StatusCodes.Status202Accepted, change, ApiJson.Wire.TaskChange);
    }

    private static async Task<Results<JsonHttpResult<TaskChange>, ProblemResult>> RetryAsync(HttpContext context, string task, ISiloClient client, GatewayOptions options)
    {
        if (await NoBody.RefuseAsync(context, options) is { } unwanted)
            return unwanted;
        var (id, refusal) = await IdOfAsync(task, client, context.RequestAborted);
        if (refusal is not null)
            return refusal;
        var answer = (await client.RetryAsync([id], context.RequestAborted))[0];
        if (!answer.Found)
            return ApiProblems.NoSuchTask(task);
        if (answer.Task is not { } waiting)
            return ApiProblems.NotRetryable(WireNames.Of(answer.State));
        var state = StoredState.Waiting.Shown(waiting.Spec.RunAt, client.Now);
        return Answer.Ok(new TaskChange(id.Value, WireNames.Of(state), Attempt: waiting.Attempt), ApiJson.Wire.TaskChange);
    }

    /// <summary>The task that a path or a parameter names, by id or number.</summary>
    public static async Task<(TaskId Id, ProblemResult? Refusal)> IdOfAsync(string task, ISiloClient client, CancellationToken cancellationToken)
    {
        if (TaskId.TryParse(task, out var id))
            return (id, null);
        if (!long.TryParse(task, NumberStyles.None, CultureInfo.InvariantCulture, out var number) || number == 0)
            return (default, ApiProblems.BadId(task));
        return await client.FindByNumberAsync(number, cancellationToken) is { } found ? (found.Spec.Id, null) : (default, ApiProblems.NoSuchTask(task));
    }
}
