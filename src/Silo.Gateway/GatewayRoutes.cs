using Microsoft.AspNetCore.Builder;
using Silo.Gateway.Events;
using Silo.Gateway.Metrics;
using Silo.Gateway.Nodes;
using Silo.Gateway.OpenApi;
using Silo.Gateway.Overview;
using Silo.Gateway.Problems;
using Silo.Gateway.Queues;
using Silo.Gateway.Scaling;
using Silo.Gateway.Security;
using Silo.Gateway.Sessions;
using Silo.Gateway.Tasks;

namespace Silo.Gateway;

public static class GatewayRoutes
{
    /// <summary>Where the API begins.</summary>
    public const string Api = "/api/v1";

    /// <summary>Adds the API, the health checks, the metrics and the checks on callers. Call it before other routes, which the checks then cover too:
    /// each declares what it asks for, by <see cref="RouteAccessDeclaration"/>.</summary>
    public static WebApplication MapSiloGateway(this WebApplication app)
    {
        app.UseMiddleware<ProblemMiddleware>();
        // Before the checks: which key is needed is said by the route.
        app.UseRouting();
        app.UseMiddleware<CallerMiddleware>();
        app.UseMiddleware<StandbyMiddleware>();
        var api = app.MapGroup(Api);
        api.MapTaskApi();
        api.MapQueueApi();
        api.MapNodeApi();
        api.MapWorkerApi();
        api.MapOverviewApi();
        api.MapScalingApi();
        api.MapEventApi();
        api.MapSessionApi();
        api.MapOpenApiDocument();
        app.MapHealth();
        app.MapMetrics();
        return app;
    }
}
