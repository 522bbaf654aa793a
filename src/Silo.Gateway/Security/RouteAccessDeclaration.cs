using Microsoft.AspNetCore.Builder;

namespace Silo.Gateway.Security;

/// <summary>What a route asks of its callers; every route declares it.</summary>
public static class RouteAccessDeclaration
{
    /// <summary>Only a key with this scope may call.</summary>
    public static TBuilder RequireScope<TBuilder>(this TBuilder builder, Scope scope)
        where TBuilder : IEndpointConventionBuilder => builder.WithMetadata(new RouteAccess(NeedsKey: true, [scope]));

    /// <summary>Any key may call, whatever its scopes.</summary>
    public static TBuilder RequireKey<TBuilder>(this TBuilder builder)
        where TBuilder : IEndpointConventionBuilder => builder.WithMetadata(RouteAccess.AnyKey);

    /// <summary>Everyone may call: for probes and for pages that hold nothing of the server's state.</summary>
    public static TBuilder AllowWithoutKey<TBuilder>(this TBuilder builder)
        where TBuilder : IEndpointConventionBuilder => builder.WithMetadata(RouteAccess.Anyone);
}
