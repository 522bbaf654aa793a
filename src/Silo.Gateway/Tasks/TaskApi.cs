using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Silo.Contracts.Json;
using Silo.Core.Engine;
using Silo.Core.Storage;
using Silo.Gateway.Problems;
using Silo.Gateway.Requests;

namespace Silo.Gateway.Tasks;

/// <summary>Submits and cancels for those who do not come over HTTP: what is checked, stored and answered is the same. Who may call is the caller's affair.</summary>
public sealed class TaskApi
{
    private readonly SubmitDesk _desk;
    private readonly ISiloClient _client;
    private readonly GatewayOptions _options;

    internal TaskApi(SubmitDesk desk, ISiloClient client, GatewayOptions options) => (_desk, _client, _options) = (desk, client, options);

    /// <summary>As <c>POST tasks</c>: one task or an array of them. Answers once they are durable, or refuses all of them.</summary>
    /// <param name="utf8">JSON.</param>
    public Task<ApiReply> SubmitAsync(ReadOnlyMemory<byte> utf8, CancellationToken cancellationToken) => ExplainAsync(async () =>
    {
        if (utf8.Length > _options.BodyBytesMax)
            return Refused(ApiProblems.BodyTooLarge(_options.BodyBytesMax));
        var (taken, refusal) = await _desk.TakeAsync(utf8, new RequestProblems(), cancellationToken);
        if (refusal is not null)
            return Refused(refusal);
        var isArray = SubmitDesk.IsArray(utf8);
        if (!isArray && taken.Answers[0] is { Kind: InsertKind.KeyConflict, Id: var first })
            return Refused(ApiProblems.IdempotencyConflict(first.Value));
        var submitted = await SubmitEndpoint.AnswerManyAsync(taken, _client, cancellationToken);
        return isArray
            ? new ApiReply(StatusCodes.Status200OK, JsonSerializer.SerializeToUtf8Bytes(submitted, ApiJson.Wire.IReadOnlyListSubmittedTask))
            : new ApiReply(
                taken.Answers[0].Kind == InsertKind.Inserted ? StatusCodes.Status201Created : StatusCodes.Status200OK,
                JsonSerializer.SerializeToUtf8Bytes(submitted[0], ApiJson.Wire.SubmittedTask));
    });

    /// <summary>As <c>POST tasks/{task}/cancel</c>.</summary>
    /// <param name="task">Id or number.</param>
    public Task<ApiReply> CancelAsync(string task, CancellationToken cancellationToken) => ExplainAsync(async () =>
    {
        var answer = (await TaskEndpoints.RequestCancelAsync(task, _client, cancellationToken)).Result;
        return answer is ProblemResult refusal
            ? Refused(refusal)
            : new ApiReply(StatusCodes.Status202Accepted, JsonSerializer.SerializeToUtf8Bytes(((IValueHttpResult<Silo.Contracts.Tasks.TaskChange>)answer).Value!, ApiJson.Wire.TaskChange));
    });

    private static async Task<ApiReply> ExplainAsync(Func<Task<ApiReply>> call)
    {
        try
        {
            return await call();
        }
        catch (Exception failure) when (ApiProblems.OfFailure(failure) is { } problem)
        {
            return Refused(problem);
        }
    }

    private static ApiReply Refused(ProblemResult refusal) => new(refusal.Problem.Status, JsonSerializer.SerializeToUtf8Bytes(refusal.Problem, ApiJson.Wire.ApiProblem));
}

/// <param name="Status">As of HTTP.</param>
/// <param name="Json">The record that this status answers with; from 400 on a problem.</param>
public sealed record ApiReply(int Status, ReadOnlyMemory<byte> Json);
