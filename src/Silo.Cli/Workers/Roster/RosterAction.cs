namespace Silo.Cli.Workers.Roster;

internal enum RosterVerb
{
    Start,

    /// <summary>SIGTERM: drain and go.</summary>
    Terminate,

    /// <summary>SIGKILL: it was given its time.</summary>
    Kill,
}

/// <summary>What is to be done to a worker.</summary>
/// <param name="Index">Of the worker, from 1.</param>
internal readonly record struct RosterAction(RosterVerb Verb, int Index);
