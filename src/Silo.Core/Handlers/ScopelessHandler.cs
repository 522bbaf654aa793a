using Microsoft.Extensions.DependencyInjection;

namespace Silo.Core.Handlers;

/// <summary>Handlers to which a scope of their own would make no difference: nothing they ask for is made for a scope, and they have no end that a scope would bring about. Most are
/// like that, and a scope costs more than a short handler.</summary>
internal static class ScopelessHandler
{
    /// <returns>Makes a fresh handler from the root container; null when it needs a scope.</returns>
    public static Func<IServiceProvider, object>? FactoryOf(Type handlerType, IServiceCollection services)
    {
        var own = services.LastOrDefault(service => service.ServiceType == handlerType && !service.IsKeyedService);
        var constructors = handlerType.GetConstructors();
        if (own?.ImplementationType != handlerType || constructors.Length != 1 || typeof(IDisposable).IsAssignableFrom(handlerType) || typeof(IAsyncDisposable).IsAssignableFrom(handlerType))
            return null;
        var parameters = constructors[0].GetParameters();
        if (!parameters.All(parameter => IsSingleton(parameter.ParameterType, services)) || parameters.Any(parameter => parameter.IsDefined(typeof(FromKeyedServicesAttribute), inherit: false)))
            return null;
        var make = ActivatorUtilities.CreateFactory(handlerType, []);
        return provider => make(provider, null);
    }

    private static bool IsSingleton(Type type, IServiceCollection services)
    {
        var service = services.LastOrDefault(service => service.ServiceType == type && !service.IsKeyedService);
        return service?.Lifetime == ServiceLifetime.Singleton;
    }
}
