namespace Silo.Cli.Invocation;

/// <summary>What the program's exit code tells a script.</summary>
internal enum ExitCode
{
    Ok = 0,

    /// <summary>A task failed or was cancelled, a demo's promise did not hold, or the program could not do what it was asked.</summary>
    Failed = 1,

    /// <summary>The command line, or a value in it, is wrong; nothing was done.</summary>
    Usage = 2,

    /// <summary>There is no such task, queue or node.</summary>
    NotFound = 3,

    /// <summary>The server wants an API key, or another one.</summary>
    Unauthorized = 4,

    /// <summary>No server answered, or it said that it cannot serve now.</summary>
    Unreachable = 5,

    /// <summary>What is there contradicts the request, for example a key that belongs to another task.</summary>
    Conflict = 6,

    /// <summary>What was asked for needs a part that this build was made without.</summary>
    NotInThisBuild = 7,

    /// <summary>The time to wait is over; what was waited for goes on. The code of <c>timeout(1)</c>.</summary>
    WaitTimeout = 124,

    /// <summary>Stopped by SIGINT or SIGTERM before it was done.</summary>
    Interrupted = 130,
}
