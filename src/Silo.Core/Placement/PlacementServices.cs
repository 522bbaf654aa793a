using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Silo.Core.Placement;

public static class PlacementServices
{
    /// <summary>Adds a placement strategy, so that queues can name it. Names that are malformed or taken twice fail at start, all together.</summary>
    /// <typeparam name="TStrategy">Created once; a placer of it serves each queue.</typeparam>
    public static IServiceCollection AddPlacementStrategy<TStrategy>(this IServiceCollection services)
        where TStrategy : class, IPlacementStrategy
    {
        ArgumentNullException.ThrowIfNull(services);
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IPlacementStrategy, TStrategy>());
        return services;
    }

    /// <summary>The built-in strategies, and all of them by name.</summary>
    public static IServiceCollection AddPlacement(this IServiceCollection services)
    {
        foreach (var strategy in PlacementStrategies.BuiltIn)
        {
            services.TryAddEnumerable(ServiceDescriptor.Singleton(typeof(IPlacementStrategy), strategy.GetType()));
        }

        services.TryAddSingleton<PlacementStrategies>();
        return services;
    }
}
