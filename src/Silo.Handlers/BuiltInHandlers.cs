using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Silo.Core.Handlers;
using Silo.Handlers.Http;
using Silo.Handlers.Processes;

namespace Silo.Handlers;

/// <summary>The handlers that come with Silo.</summary>
public static class BuiltInHandlers
{
    /// <summary>Adds <c>echo</c>, <c>sleep</c>, <c>fail</c>, <c>http</c>; <c>file.digest</c> when a root is given, and <c>process</c> when a program is allowed.</summary>
    /// <exception cref="OptionsValidationException">Settings that cannot be followed; all of them in one text.</exception>
    /// <exception cref="DirectoryNotFoundException"><see cref="HandlersOptions.FilesRoot"/> names no folder.</exception>
    public static IServiceCollection AddBuiltInHandlers(this IServiceCollection services, HandlersOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        string[] problems = [.. options.Http.Problems(), .. options.Processes.Problems()];
        if (problems.Length > 0)
            throw new OptionsValidationException(nameof(HandlersOptions), typeof(HandlersOptions), problems);
        services.AddTaskHandler<EchoHandler, JsonElement, JsonElement>("echo");
        services.AddTaskHandler<SleepHandler, SleepPayload, SleepResult>("sleep");
        services.AddTaskHandler<FailHandler, FailPayload, FailResult>("fail");
        services.AddHttpHandler(options.Http);
        services.AddProcessHandler(options.Processes);
        if (options.FilesRoot is { } folder)
        {
            services.AddSingleton(new FilesRoot(folder));
            services.AddTaskHandler<FileDigestHandler, FileDigestPayload, FileDigest>("file.digest");
        }
        else
        {
            services.AddSingleton(new UnofferedTaskType("file.digest", "start the server or a worker with --files-root DIR"));
        }

        return services;
    }
}
