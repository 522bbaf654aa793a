using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Silo.Core.Handlers;

/// <summary>Puts task handlers into a container.</summary>
public static class TaskHandlerRegistration
{
    /// <summary>Lets this process run tasks of <paramref name="type"/> with <typeparamref name="THandler"/>, created anew for each execution, in a scope of its own if it asks for anything scoped.</summary>
    /// <param name="type">ASCII letters, digits, dots, underscores and hyphens; a wrong or repeated one is reported when the handlers are first asked for.</param>
    public static IServiceCollection AddTaskHandler<THandler, TPayload, TResult>(this IServiceCollection services, string type)
        where THandler : class, ITaskHandler<TPayload, TResult>
    {
        services.TryAddScoped<THandler>();
        services.AddSingleton<IHandlerRunner>(provider =>
            new HandlerRunner<TPayload, TResult>(type, typeof(THandler), provider, ScopelessHandler.FactoryOf(typeof(THandler), services)));
        services.TryAddSingleton<IHandlerCatalog, HandlerTable>();
        return services;
    }
}
