using Microsoft.AspNetCore.Http;
using Silo.Core.Engine;

namespace Silo.Gateway.Problems;

/// <summary>While this process stands by, its API refuses: what it stored would wait until the scheduler, elsewhere, happens to look, and its nodes would get nothing.</summary>
internal sealed class StandbyMiddleware(RequestDelegate next, IStandby? standby = null)
{
    public Task InvokeAsync(HttpContext context) =>
        standby?.ActiveElsewhere is not null && context.Request.Path.StartsWithSegments(GatewayRoutes.Api)
            ? ApiProblems.StandsBy().ExecuteAsync(context)
            : next(context);
}
