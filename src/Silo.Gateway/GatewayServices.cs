using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;
using Silo.Core.Engine;
using Silo.Core.Handlers;
using Silo.Gateway.Events;
using Silo.Gateway.Metrics;
using Silo.Gateway.OpenApi;
using Silo.Gateway.Overview;
using Silo.Gateway.Requests;
using Silo.Gateway.Security;
using Silo.Gateway.Sessions;
using Silo.Gateway.Tasks;

namespace Silo.Gateway;

public static class GatewayServices
{
    /// <summary>Adds what the HTTP API needs, beside an <see cref="ISiloClient"/> and an <see cref="IActors"/>, which the host registers;
    /// an <see cref="IHandlerCatalog"/> is used when there is one.</summary>
    /// <exception cref="OptionsValidationException">Settings that are wrong, all of them.</exception>
    public static IServiceCollection AddSiloGateway(this IServiceCollection services, GatewayOptions options)
    {
        if (options.Problems() is { Count: > 0 } problems)
            throw new OptionsValidationException(nameof(GatewayOptions), typeof(GatewayOptions), problems);
        services.AddRoutingCore();
        services.TryAddSingleton(TimeProvider.System);
        services.AddSingleton(options);
        services.AddSingleton<CallerCheck>();
        services.AddSingleton<KeyRing>();
        services.AddSingleton<SessionTable>();
        services.AddSingleton<AccessCheck>();
        services.AddSingleton<SchedulerView>();
        services.TryAddSingleton<LiveEvents>();
        services.AddSingleton<EventFeed>();
        services.AddSingleton<ReaderSeats>();
        services.AddSingleton<WaitEnd>();
        services.AddSingleton<SubmitTotals>();
        services.AddSingleton<BacklogGate>();
        services.AddSingleton<BodyMemory>();
        services.AddSingleton<ReadingTurns>();
        services.AddSingleton(provider => new KnownNames(provider.GetRequiredService<SchedulerView>(), provider.GetService<IHandlerCatalog>(), provider.GetServices<UnofferedTaskType>()));
        services.AddSingleton<SubmitDesk>();
        services.AddSingleton(static provider => new TaskApi(provider.GetRequiredService<SubmitDesk>(), provider.GetRequiredService<ISiloClient>(), provider.GetRequiredService<GatewayOptions>()));
        services.AddApiDocument();
        services.AddHostedService<LoopbackOnlyWithoutKey>();
        services.Configure<KestrelServerOptions>(kestrel => kestrel.ConfigureSiloKestrel(options));
        // The limit of the server itself is one of encrypted connections only; plain ones are read ahead by their transport.
        services.Configure<SocketTransportOptions>(sockets => sockets.MaxReadBufferSize = GatewayKestrel.RequestBufferBytesMax);
        return services;
    }
}
