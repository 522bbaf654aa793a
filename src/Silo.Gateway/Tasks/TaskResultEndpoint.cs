using Microsoft.AspNetCore.Http;
using Silo.Contracts.Json;
using Silo.Core.Engine;
using Silo.Core.Tasks;
using Silo.Gateway.Problems;
using Silo.Gateway.Requests;

namespace Silo.Gateway.Tasks;

/// <summary><c>GET tasks/{task}/result</c>: what the handler returned, byte by byte.</summary>
internal static class TaskResultEndpoint
{
    public static async Task<IResult> ReadAsync(HttpContext context, string task, ISiloClient client, WaitEnd waits)
    {
        var problems = new RequestProblems();
        var wait = new QueryFields(context.Request, problems, "wait").Wait(TaskEndpoints.WaitMax);
        if (problems.Any)
            return ApiProblems.Of(problems);
        var (id, refusal) = await TaskEndpoints.IdOfAsync(task, client, context.RequestAborted);
        if (refusal is not null)
            return refusal;
        var status = wait > TimeSpan.Zero ? await waits.OrStopAsync(context, token => client.WaitAsync(id, wait, token)) : null;
        status ??= await client.ReadAsync(id, context.RequestAborted);
        return status switch
        {
            { Task: null } => ApiProblems.NoSuchTask(task),
            { State: TaskState.Succeeded } => Results.Bytes(status.Task.Result.IsEmpty ? "null"u8.ToArray() : status.Task.Result, "application/json"),
            { State: TaskState.Failed or TaskState.Cancelled } => ApiProblems.NoResult(WireNames.Of(status.State), status.Task.Error?.Message),
            _ => ApiProblems.NotFinished(WireNames.Of(status.State)),
        };
    }
}
