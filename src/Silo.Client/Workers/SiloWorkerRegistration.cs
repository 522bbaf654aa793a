using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Silo.Core.Engine;
using Silo.Core.Workers;

namespace Silo.Client.Workers;

/// <summary>Makes a host a worker.</summary>
public static class SiloWorkerRegistration
{
    /// <summary>Runs one worker for as long as the host runs. The container gives it an <see cref="INodeDoor"/> and the task handlers;
    /// an <see cref="IExecutionObserver"/>, an <see cref="ILoadProbe"/> and a <see cref="TimeProvider"/> of its own are used when they are there.</summary>
    /// <param name="options"><see cref="WorkerOptions.Slots"/> becomes the number of processors when it is not set.</param>
    /// <exception cref="ArgumentException">The options are not valid; the text has every problem.</exception>
    /// <remarks>The host's shutdown time-out should exceed <see cref="WorkerOptions.StopGrace"/> and <see cref="WorkerOptions.CancelGrace"/> together.</remarks>
    public static IServiceCollection AddSiloWorker(this IServiceCollection services, WorkerOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        options.Slots ??= Environment.ProcessorCount;
        if (options.Validate() is { Count: > 0 } problems)
            throw new ArgumentException(string.Join(Environment.NewLine, problems), nameof(options));

        services.AddLogging();
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton<IIdSource, SystemIdSource>();
        services.TryAddSingleton<IRandomSource, SystemRandomSource>();
        services.AddMachineLoad();
        services.TryAddSingleton(options);
        services.AddHostedService<WorkerService>();
        return services;
    }

    /// <summary>The machine's load for whichever worker runs in this process, unless another probe was added before. Silent where the machine has no <c>/proc</c>.</summary>
    public static IServiceCollection AddMachineLoad(this IServiceCollection services)
    {
        services.TryAddSingleton<ILoadProbe, ProcLoadProbe>();
        return services;
    }
}
