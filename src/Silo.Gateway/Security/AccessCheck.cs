using Microsoft.AspNetCore.Http;
using Silo.Gateway.Problems;
using Silo.Gateway.Sessions;

namespace Silo.Gateway.Security;

/// <summary>Decides whether the caller's key, or the session that was begun with it, may use the route.</summary>
internal sealed class AccessCheck(KeyRing keys, SessionTable sessions)
{
    /// <returns>Null when the caller may go on; the request then carries a <see cref="Caller"/>, unless the route asks for none.</returns>
    public ProblemResult? Refuse(HttpContext context)
    {
        var access = RouteAccess.Of(context);
        if (keys.IsEmpty)
        {
            context.Features.Set(Caller.ThisMachine);
            return null;
        }

        if (!access.NeedsKey)
            return null;
        var (caller, refusal) = Identify(context);
        if (caller is null)
            return refusal;
        context.Features.Set(caller);
        var missing = access.Scopes.Except(caller.Scopes).ToList();
        return missing.Count == 0 ? null : ApiProblems.ScopeMissing(caller, missing[0]);
    }

    private (Caller? Caller, ProblemResult? Refusal) Identify(HttpContext context)
    {
        var given = KeysIn(context.Request).ToList();
        if (given.Count == 0)
            return IdentifySession(context.Request);
        return given.Select(keys.Find).FirstOrDefault(found => found is not null) is { } caller ? (caller, null) : (null, ApiProblems.KeyInvalid());
    }

    private (Caller? Caller, ProblemResult? Refusal) IdentifySession(HttpRequest request)
    {
        if (SessionCookie.Read(request) is not { } token || sessions.Find(token) is not { } caller)
            return (null, ApiProblems.KeyMissing());
        return SameOrigin.Changes(request) && !SameOrigin.Holds(request) ? (null, ApiProblems.NotSameOrigin()) : (caller, null);
    }

    private static IEnumerable<string> KeysIn(HttpRequest request)
    {
        foreach (var header in request.Headers.Authorization)
        {
            if (header?.StartsWith("Bearer ", StringComparison.OrdinalIgnoreCase) == true)
                yield return header["Bearer ".Length..].Trim();
        }

        foreach (var header in request.Headers["X-Api-Key"])
            yield return header ?? "";
    }
}
