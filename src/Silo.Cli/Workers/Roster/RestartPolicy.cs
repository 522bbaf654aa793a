using Silo.Cli.Invocation;

namespace Silo.Cli.Workers.Roster;

/// <summary>Whether and when a worker that ended by itself is started again.</summary>
internal static class RestartPolicy
{
    public static readonly TimeSpan DelayMin = TimeSpan.FromMilliseconds(500);
    public static readonly TimeSpan DelayMax = TimeSpan.FromSeconds(30);

    /// <summary>One that ran for this long was well: when it ends, that is its first failure again.</summary>
    public static readonly TimeSpan WellAfter = TimeSpan.FromMinutes(1);

    /// <summary>The wait before the next start: the shortest after the first failure, twice as long after each further one.</summary>
    /// <param name="failures">In a row, the last one included; at least 1.</param>
    public static TimeSpan Delay(int failures)
    {
        var delay = DelayMin * Math.Pow(2, Math.Min(failures - 1, 30));
        return delay < DelayMax ? delay : DelayMax;
    }

    /// <returns>Why a worker with this exit code is not started again; null when it is.</returns>
    /// <param name="exitCode">Null when it is not known.</param>
    public static string? Refusal(int? exitCode) => (ExitCode?)exitCode switch
    {
        ExitCode.Usage => "its settings are wrong",
        ExitCode.Unauthorized => "the server refuses its key",
        _ => null,
    };
}
