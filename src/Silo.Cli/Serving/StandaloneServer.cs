using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Silo.Cli.Invocation;
using Silo.Cli.Stores;
using Silo.Client.Workers;
using Silo.Core.Scheduling;
using Silo.Core.Storage;
using Silo.Core.Workers;
using Silo.Embedded;
using Silo.Gateway;
using Silo.Handlers;
using Silo.Storage.Postgres;
using Silo.Storage.Sqlite;

namespace Silo.Cli.Serving;

/// <summary>What a standalone server is started with.</summary>
internal sealed record StandaloneSettings
{
    public required IPEndPoint Listen { get; init; }

    public required StoreChoice Store { get; init; }

    /// <summary>0 for no node in this process.</summary>
    public required int Slots { get; init; }

    /// <summary>How long finished tasks are kept.</summary>
    public TimeSpan KeepFor { get; init; } = new RetentionOptions().KeepFor;

    /// <summary>How long nodes that have left or died stay on the list.</summary>
    public TimeSpan ForgetNodesAfter { get; init; } = new SchedulerOptions().ForgetNodesAfter;

    /// <summary>Who may call, and how much at a time. Default: this machine, within the gateway's own limits.</summary>
    public GatewayOptions Gateway { get; init; } = new();

    /// <summary>Default: nothing that needs a permission.</summary>
    public HandlersOptions Handlers { get; init; } = new();
}

/// <summary>Gateway, embedded engine, SQLite and an optional node in this process.</summary>
internal sealed class StandaloneServer : IAsyncDisposable
{
    /// <summary>The node in this process.</summary>
    public const string LocalNode = "local";

    private readonly WebApplication _app;

    private StandaloneServer(WebApplication app, Uri address) => (_app, Address, Stopped) = (app, address, app.WaitForShutdownAsync());

    public Uri Address { get; }

    /// <summary>The node in this process; there also when it was never started.</summary>
    public LocalWorker Worker => _app.Services.GetRequiredService<LocalWorker>();

    /// <summary>Completes when the server has been told to stop from inside.</summary>
    public Task Stopped { get; }

    /// <param name="beforeListening">Called when everything but the address is there.</param>
    /// <exception cref="CommandException">The settings are wrong, the database is refused, or the address is taken; nothing was changed.</exception>
    /// <exception cref="NotYetException">The database in PostgreSQL is not to be had now.</exception>
    public static async Task<StandaloneServer> StartAsync(
        StandaloneSettings settings, Action<ILoggingBuilder> configureLogging, Func<Task> beforeListening, CancellationToken cancellationToken)
    {
        WebApplication? app = null;
        try
        {
            app = Build(settings, configureLogging);
            // The store is opened first: a database that is refused is told as such, before anything listens.
            app.Services.GetRequiredService<ITaskStore>();
            await beforeListening();
            await app.StartAsync(cancellationToken);
            return new StandaloneServer(app, new Uri(app.Urls.Single()));
        }
        catch (Exception exception) when (Refusal(exception, settings) is { } refusal)
        {
            await DisposeAsync(app);
            throw refusal;
        }
        catch
        {
            await DisposeAsync(app);
            throw;
        }
    }

    /// <summary>Ends what runs, gives back the rest.</summary>
    public Task StopAsync() => _app.StopAsync();

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    private static WebApplication Build(StandaloneSettings settings, Action<ILoggingBuilder> configureLogging)
    {
        var worker = settings.Slots == 0 ? null : new WorkerOptions { Name = LocalNode, Slots = settings.Slots, Kind = "local" };
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        configureLogging(builder.Logging);
        // What keeps the host from starting is thrown to us as well, and told once.
        builder.Logging.AddFilter("Microsoft.Extensions.Hosting.Internal.Host", LogLevel.None);
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel => kestrel.Listen(settings.Listen));
        builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = ServingOptions.ShutdownLimit);
        builder.Services.AddBuiltInHandlers(settings.Handlers);
        AddStore(builder.Services, settings.Store);
        builder.Services.AddMachineLoad();
        builder.Services.AddSiloEmbedded(new EmbeddedOptions
        {
            Worker = worker,
            Retention = new RetentionOptions { KeepFor = settings.KeepFor },
            Scheduler = new SchedulerOptions { ForgetNodesAfter = settings.ForgetNodesAfter },
        });
        builder.Services.AddSiloGateway(settings.Gateway);
        var app = builder.Build();
        app.MapSiloGateway();
        return app;
    }

    private static void AddStore(IServiceCollection services, StoreChoice choice)
    {
        switch (choice)
        {
            case StoreChoice.Sqlite file:
                services.AddSiloSqliteStore(store => store.Path = file.Path);
                break;
            case StoreChoice.Postgres database:
                services.AddSiloPostgresStore(store => (store.ConnectionString, store.ConnectionSetting) = (database.Address.ConnectionString, database.Address.Source));
                break;
            default:
                throw new InvalidOperationException($"There is no store for {choice}.");
        }
    }

    private static Exception? Refusal(Exception exception, StandaloneSettings settings) => exception switch
    {
        OptionsValidationException invalid => new CommandException(ExitCode.Usage, string.Join(Environment.NewLine, invalid.Failures), invalid),
        _ when settings.Store is StoreChoice.Postgres && StoreDelays.Of(exception) is { } delay => delay,
        StoreRefusedException or StoreUnavailableException => new CommandException(ExitCode.Failed, exception.Message, exception),
        IOException taken => new CommandException(ExitCode.Failed, $"{settings.Listen} cannot be listened on: {taken.Message}", taken),
        _ => null,
    };

    private static async Task DisposeAsync(WebApplication? app)
    {
        if (app is not null)
        {
            // What has started beside the part that was refused ends in order, before its store does.
            await app.StopAsync();
            await app.DisposeAsync();
        }
    }
}
