using System.Globalization;
using Silo.Benchmarks.Measuring;
using Silo.Testing.Postgres;

namespace Silo.Benchmarks.Postgres;

/// <summary>The processes of a throwaway server.</summary>
internal static class PostgresProcesses
{
    /// <summary>The postmaster with its sessions and workers; its number is the first line of its file.</summary>
    public static ProcessTree Processes(this PostgresServer server) =>
        new(int.Parse(File.ReadLines(Path.Combine(server.DataFolder, "postmaster.pid")).First(), CultureInfo.InvariantCulture));
}
