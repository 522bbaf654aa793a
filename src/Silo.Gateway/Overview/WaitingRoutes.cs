using Microsoft.AspNetCore.Builder;
using Silo.Contracts.Json;
using Silo.Contracts.Overview;
using Silo.Gateway.Problems;
using Silo.Gateway.Requests;

namespace Silo.Gateway.Overview;

public static class WaitingRoutes
{
    /// <summary>What a server answers before it can begin: it lives, and everything else, readiness first, is refused as <c>not_ready</c> with the reason.</summary>
    /// <param name="reason">A sentence that anybody may read: no key is asked for.</param>
    public static void MapSiloWaiting(this WebApplication app, Func<string> reason) => app.Run(context => context.Request.Path == HealthEndpoints.LivePath
        ? Answer.Ok(new HealthResponse("ok"), ApiJson.Wire.HealthResponse).ExecuteAsync(context)
        : ApiProblems.NotReady(reason()).ExecuteAsync(context));
}
