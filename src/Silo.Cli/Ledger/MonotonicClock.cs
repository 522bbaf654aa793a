using System.Diagnostics;

namespace Silo.Cli.Ledger;

/// <summary>The machine's monotonic clock, whose readings by different processes can be compared until the machine restarts.</summary>
internal static class MonotonicClock
{
    public static long NowMicroseconds() => (long)(Stopwatch.GetTimestamp() * (1e6 / Stopwatch.Frequency));
}
