using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Silo.Contracts.Json;
using Silo.Contracts.Sessions;
using Silo.Gateway.OpenApi;
using Silo.Gateway.Problems;
using Silo.Gateway.Requests;
using Silo.Gateway.Security;

namespace Silo.Gateway.Sessions;

/// <summary>Signing in and out of a browser, which can send no header with a page or a stream of events.</summary>
internal static class SessionEndpoints
{
    public static void MapSessionApi(this RouteGroupBuilder api)
    {
        var session = api.MapGroup("/session").RequireKey().WithTags("sessions");
        session.MapGet("", Read)
            .Describe("readSession", "Who the caller is, by key or by session.")
            .Answers(typeof(SessionResponse), "The caller.");
        session.MapPost("", BeginAsync)
            .Describe("beginSession", "Signs a browser in with a key: sets a cookie.")
            .TakesNoBody()
            .Answers(typeof(SessionResponse), "The session.");
        session.MapDelete("", EndAsync)
            .Describe("endSession", "Ends the session and takes the cookie back.")
            .TakesNoBody()
            .Answers(new AnswerPart(StatusCodes.Status204NoContent, "The session has ended.", MediaType: null));
    }

    private static Results<JsonHttpResult<SessionResponse>, ProblemResult> Read(HttpContext context) =>
        NoQuery.Refuse(context.Request) is { } refusal ? refusal : Shown(context, CallerOf(context));

    private static async Task<Results<JsonHttpResult<SessionResponse>, ProblemResult>> BeginAsync(HttpContext context, KeyRing keys, SessionTable sessions, GatewayOptions options)
    {
        if (await NoBody.RefuseAsync(context, options) is { } refusal)
            return refusal;
        var caller = CallerOf(context);
        if (keys.IsEmpty)
            return Shown(context, caller);

        // A session that could begin the next one would never have to end.
        if (caller.SessionEndsAt is not null)
            return ApiProblems.KeyMissing();
        if (SessionCookie.Read(context.Request) is { } former)
            sessions.End(former);
        var (token, signedIn) = sessions.Begin(caller);
        SessionCookie.Set(context, token);
        return Shown(context, signedIn);
    }

    private static async Task<Results<NoContent, ProblemResult>> EndAsync(HttpContext context, SessionTable sessions, GatewayOptions options)
    {
        if (await NoBody.RefuseAsync(context, options) is { } refusal)
            return refusal;
        if (SessionCookie.Read(context.Request) is { } token)
            sessions.End(token);
        SessionCookie.Clear(context);
        return TypedResults.NoContent();
    }

    private static Caller CallerOf(HttpContext context) => context.Features.GetRequiredFeature<Caller>();

    private static JsonHttpResult<SessionResponse> Shown(HttpContext context, Caller caller)
    {
        // Who is signed in is true for this browser and this moment only.
        context.Response.Headers.CacheControl = "no-store";
        return Answer.Ok(new SessionResponse(caller.Name, [.. caller.Scopes.Select(WireNames.Of)], caller.SessionEndsAt), ApiJson.Wire.SessionResponse);
    }
}
