using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Npgsql;
using Orleans.Dashboard;
using Silo.Cli.Invocation;
using Silo.Cli.Ledger;
using Silo.Cli.Serving;
using Silo.Cli.Stores;
using Silo.Client.Workers;
using Silo.Cluster.Client;
using Silo.Cluster.Hosting;
using Silo.Cluster.States;
using Silo.Core.Scheduling;
using Silo.Core.Storage;
using Silo.Core.Workers;
using Silo.Gateway;
using Silo.Gateway.Security;
using Silo.Handlers;
using Silo.Storage.Postgres;

namespace Silo.Server.Serving;

/// <summary>Gateway, Orleans silo, PostgreSQL and an optional node in this process.</summary>
internal sealed class ClusterServer : IAsyncDisposable
{
    /// <summary>Where Orleans' own dashboard is, behind the same keys and sign-in as the rest.</summary>
    private const string DashboardPath = "/orleans";

    private static readonly TimeSpan AbandonLimit = TimeSpan.FromSeconds(1);

    private readonly WebApplication _app;

    private ClusterServer(WebApplication app, ServeSettings settings) =>
        (_app, Settings, Address, Stopped) = (app, settings, new Uri(app.Urls.Single()), WhenStoppingAsync(app.Lifetime));

    /// <summary>What it was started with.</summary>
    public ServeSettings Settings { get; }

    public Uri Address { get; }

    /// <summary>The node in this process; there also when it was never started.</summary>
    public LocalWorker Worker => _app.Services.GetRequiredService<LocalWorker>();

    /// <summary>Completes when the server has been told to stop from inside.</summary>
    public Task Stopped { get; }

    /// <summary>Completes when the cluster has declared this silo dead: drop it, and join again.</summary>
    public Task Expelled => _app.Services.GetRequiredService<SiloExpulsion>().WhenExpelled;

    /// <param name="recorder">Writes the ledger of the node here; null for none.</param>
    /// <param name="beforeListening">Called when everything but the address is there.</param>
    /// <exception cref="CommandException">The settings are wrong, the database is refused, or an address is taken.</exception>
    /// <exception cref="NotYetException">The database is not to be had now, or the others could not reach this silo.</exception>
    public static async Task<ClusterServer> StartAsync(
        ServeSettings settings, LedgerRecorder? recorder, Action<ILoggingBuilder> configureLogging, Func<Task> beforeListening, CancellationToken cancellationToken)
    {
        WebApplication? app = null;
        try
        {
            app = Build(settings, recorder, configureLogging);
            // The store is opened first: it makes the tables by which silos find each other, and a database that is refused is told as such.
            app.Services.GetRequiredService<ITaskStore>();
            await JoinCheck.RunAsync(settings, cancellationToken);
            await beforeListening();
            var expelled = app.Services.GetRequiredService<SiloExpulsion>().WhenExpelled;
            var starting = app.StartAsync(cancellationToken);
            if (await Task.WhenAny(starting, expelled) == starting)
            {
                await starting;
                return new ClusterServer(app, settings);
            }
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

        // The others have given up on a silo that took too long to start, and it would wait for them for ever.
        await DropAsync(app);
        await app.DisposeAsync();
        return await StartAsync(settings, recorder, configureLogging, beforeListening, cancellationToken);
    }

    /// <summary>The node leaves while the API still answers, and says that it is not ready; then the silo leaves the cluster.</summary>
    public async Task StopAsync()
    {
        await _app.Services.GetRequiredService<LocalWorker>().StopAsync();
        await _app.StopAsync();
    }

    /// <summary>Ends at once, as a kill would: an expelled silo has nobody to say farewell to.</summary>
    public async Task AbandonAsync()
    {
        await _app.Services.GetRequiredService<LocalWorker>().DisposeAsync();
        await DropAsync(_app);
    }

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    /// <remarks>Not the host's own wait for its end: that would end it as well, beside us and with all the time there is, which a silo without a cluster would use up.</remarks>
    private static async Task WhenStoppingAsync(IHostApplicationLifetime lifetime)
    {
        var stopping = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var registration = lifetime.ApplicationStopping.Register(stopping.SetResult);
        await stopping.Task;
    }

    private static WebApplication Build(ServeSettings settings, LedgerRecorder? recorder, Action<ILoggingBuilder> configureLogging)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        configureLogging(builder.Logging);
        // What keeps the host from starting is thrown to us as well, and told once.
        builder.Logging.AddFilter("Microsoft.Extensions.Hosting.Internal.Host", LogLevel.None);
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel => kestrel.Listen(settings.Listen));
        builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = ServingOptions.ShutdownLimit);
        builder.Services.AddBuiltInHandlers(settings.Handlers);
        builder.Services.AddSiloPostgresStore(store => (store.ConnectionString, store.ConnectionSetting) = (settings.Database.ConnectionString, settings.Database.Source));
        builder.Services.AddMachineLoad();
        if (recorder is not null)
        {
            builder.Services.AddSingleton<IExecutionObserver>(recorder);
        }

        builder.Services.AddSingleton<WatchDoor>(provider => door =>
        {
            var own = new ExpelledDoor(door, provider.GetRequiredService<SiloExpulsion>().WhenExpelled);
            return recorder?.Watch(own) ?? own;
        });
        AddSilo(builder, settings);
        builder.Services.AddSiloGateway(settings.Gateway);
        var app = builder.Build();
        app.MapSiloGateway();
        // What it shows of grains may hold what tasks carry, so looking is an operator's right.
        app.MapOrleansDashboard(DashboardPath).RequireScope(Scope.Operate);
        return app;
    }

    private static void AddSilo(WebApplicationBuilder builder, ServeSettings settings)
    {
        var cluster = new ClusterAddress(settings.ClusterId, settings.Database.ConnectionString);
        builder.Host.UseOrleans(silo => silo
            .UsePostgresMembership(
                cluster, new SiloAddressing { Name = settings.Name, Advertised = settings.Advertised, SiloPort = settings.SiloPort, GatewayPort = settings.GatewayPort })
            .UsePostgresStates(cluster)
            .AddDashboard(static dashboard => dashboard.HideTrace = true)
            .AddSiloCluster(new SiloClusterOptions
            {
                Worker = settings.Worker,
                Retention = new RetentionOptions { KeepFor = settings.KeepFor },
                Scheduler = new SchedulerOptions { ForgetNodesAfter = settings.ForgetNodesAfter },
            }));
    }

    private static Exception? Refusal(Exception exception, ServeSettings settings) => exception switch
    {
        CommandException or NotYetException => null,
        OptionsValidationException invalid => new CommandException(ExitCode.Usage, string.Join(Environment.NewLine, invalid.Failures), invalid),
        _ when StoreDelays.Of(exception) is { } delay => delay,
        StoreRefusedException => new CommandException(ExitCode.Failed, exception.Message, exception),
        IOException taken => new CommandException(ExitCode.Failed, $"{settings.Listen} cannot be listened on: {taken.Message}", taken),
        System.Net.Sockets.SocketException socket => new CommandException(
            ExitCode.Failed, $"The port for other silos ({settings.Advertised}:{settings.SiloPort}) or for clients ({settings.GatewayPort}) cannot be listened on: {socket.Message} Set --silo-port, --gateway-port or --advertise.", socket),
        _ when Innermost(exception) is PostgresException { SqlState: MessageFormat.RefusedState } other => new CommandException(ExitCode.Failed, JoinCheck.OtherFormat(other.MessageText), exception),
        _ when Innermost(exception) is PostgresException database => new CommandException(
            ExitCode.Failed, $"The tables in which silos find each other cannot be used ({database.MessageText}): restore the schema 'silo' of {settings.Database.Shown}, or name another database in {settings.Database.Source}.", exception),
        _ => null,
    };

    // Orleans wraps what its parts fail with while it starts.
    private static Exception Innermost(Exception exception) => exception is AggregateException { InnerExceptions: [var first, ..] } ? Innermost(first)
        : exception.InnerException is { } inner ? Innermost(inner)
        : exception;

    private static async Task DropAsync(WebApplication app)
    {
        using var limit = new CancellationTokenSource(AbandonLimit);
        try
        {
            await app.StopAsync(limit.Token);
        }
        catch (OperationCanceledException) when (limit.IsCancellationRequested)
        {
            // What waits for an answer of the cluster would wait for ever.
        }
    }

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
