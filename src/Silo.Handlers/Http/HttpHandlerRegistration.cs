using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Silo.Core.Handlers;

namespace Silo.Handlers.Http;

internal static class HttpHandlerRegistration
{
    public static IServiceCollection AddHttpHandler(this IServiceCollection services, HttpHandlerOptions options)
    {
        services.TryAddSingleton<IHostResolver, SystemHostResolver>();
        services.AddSingleton(options);
        services.AddSingleton(new AddressGuard(options.AllowedPrivate));
        services.AddSingleton<GuardedConnector>();
        services.AddSingleton<HttpExchange>();
        return services.AddTaskHandler<HttpTaskHandler, HttpPayload, HttpResult>("http");
    }
}
