namespace Silo.Cli.Workers.Roster;

/// <summary>Where a managed worker is between its start and its end.</summary>
internal enum WorkerPhase
{
    /// <summary>Not there, and to be started when it is due.</summary>
    Waiting,

    Running,

    /// <summary>Told to end: what runs may end, the rest goes back.</summary>
    Draining,

    /// <summary>Ended in a way that a restart does not mend; only a person does.</summary>
    Failed,
}
