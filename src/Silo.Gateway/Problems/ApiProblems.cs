using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.WebUtilities;
using Silo.Contracts.Json;
using Silo.Contracts.Problems;
using Silo.Core.Engine;
using Silo.Core.Storage;
using Silo.Gateway.Requests;
using Silo.Gateway.Security;

namespace Silo.Gateway.Problems;

/// <summary>Every problem the gateway answers with, in one place, so that status, code and words stay together.</summary>
internal static class ApiProblems
{
    private static readonly TimeSpan RetryAfter = TimeSpan.FromSeconds(1);

    private static readonly string[] FormCodes =
    [
        ProblemCodes.InvalidJson, ProblemCodes.UnknownField, ProblemCodes.DuplicateField, ProblemCodes.MissingField, ProblemCodes.WrongType, ProblemCodes.BadId,
        ProblemCodes.BadCursor,
    ];

    private static readonly string[] SizeCodes = [ProblemCodes.PayloadTooLarge, ProblemCodes.ResultTooLarge];

    /// <summary>All that is wrong with a request: 400 when its form is, else 413 when it is too large, else 422.</summary>
    public static ProblemResult Of(RequestProblems problems)
    {
        var codes = problems.Listed.Select(problem => problem.Code).Distinct().ToList();
        var status = codes.Exists(FormCodes.Contains) ? StatusCodes.Status400BadRequest
            : codes.TrueForAll(SizeCodes.Contains) ? StatusCodes.Status413PayloadTooLarge
            : StatusCodes.Status422UnprocessableEntity;
        var first = problems.Listed[0];
        var more = problems.Count - 1;
        var detail = $"{first.Field} {first.Rule}." + (more == 0 ? "" : $" And {(problems.IsFull ? "at least " : "")}{more} more: see errors{(problems.Count > problems.Listed.Count ? ", where the first are listed" : "")}.");
        return Answer(status, codes is [var only] ? only : ProblemCodes.InvalidRequest, detail, errors: problems.Listed);
    }

    public static ProblemResult NoSuchTask(string task) => Answer(404, ProblemCodes.NotFound, $"There is no task '{task}'.");

    public static ProblemResult BadId(string task) =>
        Answer(400, ProblemCodes.BadId, $"'{task}' names no task: a UUID or a task's number was expected.", errors: [new FieldProblem("id", ProblemCodes.BadId, "must be a UUID or a number above 0")]);

    public static ProblemResult NoSuchQueue(string queue) => Answer(404, ProblemCodes.NotFound, $"There is no queue '{queue}'.");

    public static ProblemResult NoSuchNode(string node) => Answer(404, ProblemCodes.NotFound, $"There is no node '{node}'.");

    public static ProblemResult NodeAlive(string node) =>
        Answer(409, ProblemCodes.NodeAlive, $"Node '{node}' lives; only one that has left or died is removed. Drain it if it should get nothing more, then stop its worker.");

    public static ProblemResult AlreadySettled(string state) =>
        Answer(409, ProblemCodes.AlreadySettled, $"The task is {state} already; a task that has ended is not cancelled.", state: state);

    public static ProblemResult NotRetryable(string state) =>
        Answer(409, ProblemCodes.NotRetryable, $"The task is {state}; only a failed or cancelled task is retried.", state: state);

    public static ProblemResult NotFinished(string state) =>
        Answer(409, ProblemCodes.NotFinished, $"The task is {state}; it has no result before it has ended. Ask again with ?wait=SECONDS.", state: state);

    public static ProblemResult NoResult(string state, string? error) =>
        Answer(409, ProblemCodes.NoResult, $"The task is {state} and has no result{(error is null ? "." : $": {error}")}", state: state);

    public static ProblemResult BacklogFull(long waiting, long max) =>
        Answer(429, ProblemCodes.BacklogFull, $"{waiting} tasks wait, of {max} that may (limits.backlog); nothing was stored. Submit again when some have run.", retry: true);

    public static ProblemResult TooManyReaders() =>
        Answer(503, ProblemCodes.TooManyReaders, "As many follow events and logs as this server allows (limits.readers); try again after a moment, or end another stream.", retry: true);

    public static ProblemResult IdempotencyConflict(Guid first) =>
        Answer(409, ProblemCodes.IdempotencyConflict, $"The idempotency key belongs to task {first}, which asked for something else; take another key.", ids: [first]);

    public static ProblemResult StoreUnavailable() =>
        Answer(503, ProblemCodes.StoreUnavailable, "The store cannot be used now and nothing was changed; send the same again.", retry: true);

    public static ProblemResult OutcomeUnknown(IReadOnlyList<Guid>? ids) =>
        Answer(503, ProblemCodes.OutcomeUnknown, "The store's answer was lost, so the change may or may not have been made; ask for the tasks before sending again.", ids: ids, retry: true);

    /// <summary>For what the store or an actor could not do; null for a failure that has no words of its own.</summary>
    public static ProblemResult? OfFailure(Exception failure) => failure switch
    {
        StoreUnavailableException => StoreUnavailable(),
        StoreUnknownException => OutcomeUnknown(ids: null),
        TimeoutException or ActorUnavailableException => NotReady("The part of the server that was asked did not answer in time."),
        _ => null,
    };

    public static ProblemResult NotReady(string what) => Answer(503, ProblemCodes.NotReady, what + " Try again after a moment.", retry: true);

    public static ProblemResult StandsBy() => NotReady("This server stands by; another one over the same database schedules.");

    public static ProblemResult UnsupportedMediaType(string? given) =>
        Answer(415, ProblemCodes.UnsupportedMediaType, $"The body is '{given ?? "of no stated type"}'; send application/json in UTF-8, without content encoding.");

    public static ProblemResult BodyTooLarge(long limit) =>
        Answer(413, ProblemCodes.BodyTooLarge, $"The body is larger than {limit} bytes (limits.body); send less at a time.");

    public static ProblemResult TooManyBodies() =>
        Answer(429, ProblemCodes.TooManyBodies, "Other requests hold all the memory that this server gives to bodies (limits.bodies); send this again after a moment.", retry: true);

    public static ProblemResult LineTooLong(int limit) =>
        Answer(413, ProblemCodes.LineTooLong, $"The line is longer than {limit} bytes; send less in one task.");

    public static ProblemResult KeyMissing() =>
        Answer(401, ProblemCodes.KeyMissing, "An API key is needed: send it as 'Authorization: Bearer KEY' or 'X-Api-Key: KEY', or sign in.");

    public static ProblemResult KeyInvalid() => Answer(401, ProblemCodes.KeyInvalid, "The API key is none of this server's; check it, or ask for a new one.");

    public static ProblemResult ScopeMissing(Caller caller, Scope missing)
    {
        var scope = WireNames.Of(missing);
        var has = string.Join(", ", caller.Scopes.Select(WireNames.Of));
        return Answer(403, ProblemCodes.ScopeMissing, $"This call needs the scope '{scope}'; the key '{caller.Name}' has {has}. Use a key that has it.", scope: scope);
    }

    public static ProblemResult HostNotAllowed(string host) =>
        Answer(403, ProblemCodes.HostNotAllowed, $"The host '{host}' is not one this server answers to; add its name to AllowedHosts if it should be.");

    public static ProblemResult OriginNotAllowed(string origin) =>
        Answer(403, ProblemCodes.OriginNotAllowed, $"Pages of '{origin}' may not call this server; add the origin to AllowedOrigins if they should.");

    public static ProblemResult NotSameOrigin() =>
        Answer(403, ProblemCodes.OriginNotAllowed, "A session changes things only from this server's own pages; a program sends its API key instead of the cookie.");

    public static ProblemResult NotLoopback() =>
        Answer(403, ProblemCodes.NotLoopback, "Without an API key only this machine may call; set ApiKeys to open the server to others.");

    /// <summary>For answers that nobody gave a body: wrong paths, wrong methods, and what the server itself refuses.</summary>
    public static ProblemResult OfStatus(int status, string path) => status switch
    {
        404 => Answer(404, ProblemCodes.NotFound, $"There is nothing at '{path}'."),
        405 => Answer(405, ProblemCodes.MethodNotAllowed, $"'{path}' does not take this method; see the Allow header."),
        408 => Answer(408, ProblemCodes.BodyTooSlow, "The body arrived too slowly; send it at once, or in smaller parts."),
        413 => Answer(413, ProblemCodes.BodyTooLarge, "The body is too large; send less at a time."),
        415 => UnsupportedMediaType(null),
        >= 500 => Answer(status, ProblemCodes.InternalError, "The server failed; its log has the reason."),
        _ => Answer(status, ProblemCodes.BadHttpRequest, "The request does not follow HTTP."),
    };

    private static ProblemResult Answer(
        int status, string code, string detail, IReadOnlyList<FieldProblem>? errors = null, string? state = null, IReadOnlyList<Guid>? ids = null, bool retry = false,
        string? scope = null)
    {
        var problem = new ApiProblem
        {
            Title = ReasonPhrases.GetReasonPhrase(status),
            Status = status,
            Detail = detail,
            Code = code,
            Errors = errors,
            State = state,
            Ids = ids,
            Scope = scope,
        };
        return new ProblemResult(problem) { RetryAfter = retry ? RetryAfter : null };
    }
}
