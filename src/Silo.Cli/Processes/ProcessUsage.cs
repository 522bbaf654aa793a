using System.Globalization;

namespace Silo.Cli.Processes;

/// <summary>What a process has taken of the machine, from Linux's <c>/proc</c>.</summary>
/// <param name="Age">Since it was started.</param>
/// <param name="MemoryBytes">What of it is in memory.</param>
/// <param name="CpuTime">On all processors together, since it was started.</param>
internal sealed record ProcessUsage(TimeSpan Age, long MemoryBytes, TimeSpan CpuTime)
{
    /// <summary>The unit of times in <c>/proc</c>, the same on every Linux.</summary>
    private const double TicksPerSecond = 100;

    private const int UserTimeField = 11;
    private const int SystemTimeField = 12;

    /// <returns>Null when the process has ended.</returns>
    public static ProcessUsage? Of(ProcessIdentity process)
    {
        try
        {
            if (!process.IsAlive || ProcessIdentity.StatFields(process.Id) is not { } fields)
            {
                return null;
            }

            var uptime = double.Parse(File.ReadAllText("/proc/uptime").Split(' ')[0], CultureInfo.InvariantCulture);
            var pages = long.Parse(File.ReadAllText($"/proc/{process.Id}/statm").Split(' ')[1], CultureInfo.InvariantCulture);
            var cpuTicks = Ticks(fields[UserTimeField]) + Ticks(fields[SystemTimeField]);
            return new ProcessUsage(
                TimeSpan.FromSeconds(Math.Max(0, uptime - (process.StartTicks / TicksPerSecond))), pages * Environment.SystemPageSize, TimeSpan.FromSeconds(cpuTicks / TicksPerSecond));
        }
        catch (Exception gone) when (gone is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    private static long Ticks(string field) => long.Parse(field, CultureInfo.InvariantCulture);
}
