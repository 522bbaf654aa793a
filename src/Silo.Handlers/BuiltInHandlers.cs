using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Silo.Core.Handlers;

namespace Silo.Handlers;

/// <summary>The handlers that come with Silo.</summary>
public static class BuiltInHandlers
{
    /// <summary>Adds <c>echo</c>, <c>sleep</c>, <c>fail</c> and, when a root is given, <c>file.digest</c>.</summary>
    /// <exception cref="DirectoryNotFoundException"><see cref="HandlersOptions.FilesRoot"/> names no folder.</exception>
    public static IServiceCollection AddBuiltInHandlers(this IServiceCollection services, HandlersOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        services.AddTaskHandler<EchoHandler, JsonElement, JsonElement>("echo");
        services.AddTaskHandler<SleepHandler, SleepPayload, SleepResult>("sleep");
        services.AddTaskHandler<FailHandler, FailPayload, FailResult>("fail");
        if (options.FilesRoot is { } folder)
        {
            services.AddSingleton(new FilesRoot(folder));
            services.AddTaskHandler<FileDigestHandler, FileDigestPayload, FileDigest>("file.digest");
        }

        return services;
    }
}
