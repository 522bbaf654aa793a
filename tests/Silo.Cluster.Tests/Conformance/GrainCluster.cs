using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Orleans.Configuration;
using Orleans.TestingHost;
using Silo.Cluster.Client;
using Silo.Cluster.Client.Messages;
using Silo.Cluster.Grains;
using Silo.Cluster.Hosting;
using Silo.Cluster.Tests.Conformance;
using Silo.Conformance.Engine;
using Silo.Core.Engine;

[assembly: AssemblyFixture(typeof(GrainCluster))]

namespace Silo.Cluster.Tests.Conformance;

/// <summary>Two silos and a client in this process, shared by the suites since starting them takes seconds. They host the actors of whichever test a key belongs to.</summary>
public sealed class GrainCluster : IAsyncLifetime
{
    private readonly TestScopes _scopes = new();
    private readonly InProcessTestCluster _cluster;

    public GrainCluster()
    {
        var builder = new InProcessTestClusterBuilder(2);
        builder.Options.ConfigureFileLogging = false;
        builder.ConfigureHost(static host => host.Logging.ClearProviders());
        builder.ConfigureSilo((_, silo) =>
        {
            // Grains of one silo must not share what they were sent either.
            silo.Services.AddSingleton(new MessageOptions { CopyOnCall = true });
            silo.Services.AddSingleton(_scopes.Factories);
            silo.Services.AddSingleton<WatchTask>(_scopes.Watch);
            silo.AddSiloGrains();
            // Some tests leave calls behind that are never answered; the silos end without waiting for them.
            silo.Configure<GrainCollectionOptions>(static collection => collection.DeactivationTimeout = TimeSpan.FromSeconds(1));
        });
        builder.ConfigureClient(static client =>
        {
            client.Services.AddSingleton(new MessageOptions { CopyOnCall = true });
            client.Services.AddSiloMessages();
        });
        _cluster = builder.Build();
    }

    public async ValueTask InitializeAsync() => await _cluster.DeployAsync();

    public async ValueTask DisposeAsync() => await _cluster.DisposeAsync();

    internal IRunningEngine StartEngine(ActorFactories factories, LiveEvents events) => _scopes.Open(new ClusterActors(_cluster.Client), factories, events);
}
