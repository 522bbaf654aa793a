namespace Silo.Benchmarks.Flood;

/// <summary>How hard a server is flooded.</summary>
internal sealed record FloodOptions
{
    public TimeSpan Duration { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>Wrong requests a second, of each kind.</summary>
    public int RequestsPerSecond { get; init; } = 100;

    /// <summary>Connections of each slow kind.</summary>
    public int SlowConnections { get; init; } = 200;

    /// <summary>Followers of events that read nothing; below the server's seats, so that none is refused.</summary>
    public int StalledReaders { get; init; } = 300;

    public int IdleConnections { get; init; } = 2000;

    /// <summary>Clients that behave, and are measured.</summary>
    public int HealthyClients { get; init; } = 4;

    public TimeSpan HealthyPause { get; init; } = TimeSpan.FromMilliseconds(20);
}
