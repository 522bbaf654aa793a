using Silo.Testing.Postgres;

namespace Silo.Benchmarks.Postgres;

/// <summary>The server that Silo and what it is compared with share: durable, with room for its log so that no checkpoint falls into one side's round by chance.</summary>
internal static class BenchPostgres
{
    public static Task<PostgresServer> StartAsync() =>
        PostgresServer.StartAsync("shared_buffers=512MB", "max_wal_size=8GB", "checkpoint_timeout=30min");

    public static async Task<PostgresSession> ReadSessionAsync(PostgresServer postgres)
    {
        await using var database = await postgres.CreateDatabaseAsync();
        return await PostgresSession.ReadAsync(database);
    }
}
