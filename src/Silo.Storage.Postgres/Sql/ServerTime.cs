namespace Silo.Storage.Postgres.Sql;

/// <summary>Times as the server keeps them: microseconds since 2000-01-01 in UTC. An array of these takes less time to write than one of <see cref="DateTime"/>, of which each
/// value is looked at to find how.</summary>
internal static class ServerTime
{
    private const long EpochTicks = 630_822_816_000_000_000;

    /// <summary>What is finer than a microsecond is cut off.</summary>
    public static long Of(DateTimeOffset time) => (time.UtcTicks - EpochTicks) / TimeSpan.TicksPerMicrosecond;
}
