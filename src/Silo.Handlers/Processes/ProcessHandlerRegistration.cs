using Microsoft.Extensions.DependencyInjection;
using Silo.Core.Handlers;

namespace Silo.Handlers.Processes;

internal static class ProcessHandlerRegistration
{
    public static IServiceCollection AddProcessHandler(this IServiceCollection services, ProcessHandlerOptions options)
    {
        const string Type = "process";
        if (options.Allowed.Count == 0)
            return services.AddSingleton(new UnofferedTaskType(Type, "start the server or a worker with --allow-process PATH"));
        services.AddSingleton(options);
        services.AddSingleton(new ProgramList(options.Allowed));
        return services.AddTaskHandler<ProcessTaskHandler, ProcessPayload, ProcessResult>(Type);
    }
}
