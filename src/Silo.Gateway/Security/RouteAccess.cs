using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Silo.Gateway.Security;

/// <summary>A route's declaration, as metadata of its endpoint.</summary>
/// <param name="NeedsKey">Whether a key is asked for at all.</param>
/// <param name="Scopes">The scopes that it must have, all of them.</param>
internal sealed record RouteAccess(bool NeedsKey, IReadOnlyList<Scope> Scopes)
{
    public static readonly RouteAccess Anyone = new(NeedsKey: false, []);

    public static readonly RouteAccess AnyKey = new(NeedsKey: true, []);

    private static readonly RouteAccess Undeclared = new(NeedsKey: true, Enum.GetValues<Scope>());

    /// <summary>What the route of this request asks for. A route that somebody forgot to declare is closed to all but keys with every scope.</summary>
    public static RouteAccess Of(HttpContext context) => context.GetEndpoint() switch
    {
        RouteEndpoint route => route.Metadata.GetMetadata<RouteAccess>() ?? Undeclared,
        // No route, or one for other methods: who may not look is not told which paths there are.
        _ => context.Request.Path.StartsWithSegments("/api") ? AnyKey : Anyone,
    };
}
