namespace Silo.Cli.Workers.Roster;

/// <summary>One managed worker. Times are those of the roster's clock.</summary>
internal sealed class RosterEntry(int index, WorkerPhase phase)
{
    /// <summary>Counted from 1.</summary>
    public int Index => index;

    public WorkerPhase Phase { get; set; } = phase;

    /// <summary>When it was started or adopted.</summary>
    public TimeSpan Since { get; set; }

    /// <summary>When one that waits is started, and one that drains is killed.</summary>
    public TimeSpan Due { get; set; }

    /// <summary>Ends by itself in a row.</summary>
    public int Failures { get; set; }

    /// <summary>How often it was to be started again because it ended by itself, under this manager.</summary>
    public int Restarts { get; set; }

    /// <summary>How it ended last; null while all is well.</summary>
    public string? Reason { get; set; }

    /// <summary>It was too slow to drain.</summary>
    public bool IsKilled { get; set; }
}
