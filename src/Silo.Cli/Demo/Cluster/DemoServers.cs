using Silo.Cli.Configuration;
using Silo.Cli.Invocation;
using Silo.Cli.Processes;

namespace Silo.Cli.Demo.Cluster;

/// <summary>What serves a demo.</summary>
internal abstract record DemoServers
{
    /// <summary>The database for it, when it needs one; to be removed after the processes.</summary>
    /// <exception cref="CommandException">There is no PostgreSQL here and none could be installed, or it did not start.</exception>
    public abstract Task<ThrowawayPostgres?> StartDatabaseAsync(CancellationToken cancellationToken);

    /// <param name="filesRoot">Folder below which <c>file.digest</c> may read.</param>
    /// <param name="shapes">The nodes.</param>
    /// <param name="database">From <see cref="StartDatabaseAsync"/>.</param>
    /// <param name="cancellationToken">Ends the wait for the processes.</param>
    /// <exception cref="CommandException">A process did not come up; the message has its last words.</exception>
    public abstract Task<DemoCluster> StartAsync(string filesRoot, IReadOnlyList<WorkerShape> shapes, ThrowawayPostgres? database, CancellationToken cancellationToken);

    /// <param name="Store">Where the server keeps tasks; null for sqlite.</param>
    public sealed record Standalone(string? Store = null) : DemoServers
    {
        public override async Task<ThrowawayPostgres?> StartDatabaseAsync(CancellationToken cancellationToken) =>
            Store == Settings.Postgres ? await ThrowawayPostgres.StartAsync(cancellationToken) : null;

        public override async Task<DemoCluster> StartAsync(
            string filesRoot, IReadOnlyList<WorkerShape> shapes, ThrowawayPostgres? database, CancellationToken cancellationToken) =>
            await StandaloneCluster.StartAsync(filesRoot, shapes, database?.Url, cancellationToken);
    }

    /// <param name="Program">The assembly whose verb <c>serve</c> is a silo.</param>
    public sealed record Silos(string Program) : DemoServers
    {
        public override async Task<ThrowawayPostgres?> StartDatabaseAsync(CancellationToken cancellationToken) => await ThrowawayPostgres.StartAsync(cancellationToken);

        public override async Task<DemoCluster> StartAsync(
            string filesRoot, IReadOnlyList<WorkerShape> shapes, ThrowawayPostgres? database, CancellationToken cancellationToken) =>
            await SiloCluster.StartAsync(Program, filesRoot, shapes, database!.Url, cancellationToken);
    }
}
