using System.Runtime.InteropServices;
using Silo.Testing.Postgres;

namespace Silo.Benchmarks.Postgres;

/// <summary>What a figure on PostgreSQL depends on beside the code.</summary>
internal sealed record PostgresSession(int Processors, string OperatingSystem, string Runtime, string Postgres, string Fsync, string FullPageWrites, string SynchronousCommit, string SharedBuffers)
{
    public static async Task<PostgresSession> ReadAsync(PostgresDatabase database) => new(
        Environment.ProcessorCount,
        RuntimeInformation.OSDescription,
        RuntimeInformation.FrameworkDescription,
        await ShowAsync(database, "server_version"),
        await ShowAsync(database, "fsync"),
        await ShowAsync(database, "full_page_writes"),
        await ShowAsync(database, "synchronous_commit"),
        await ShowAsync(database, "shared_buffers"));

    private static Task<string> ShowAsync(PostgresDatabase database, string setting) => database.ReadAsync<string>($"show {setting}");
}
