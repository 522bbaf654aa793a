using System.Diagnostics;
using System.Globalization;

namespace Silo.Benchmarks.Memory;

/// <summary>The memory of this process in MiB.</summary>
/// <param name="Resident">In physical memory: on Linux VmRSS of <c>/proc/self/status</c>, elsewhere the working set.</param>
/// <param name="Managed">What the garbage collector knows to be in use.</param>
internal readonly record struct ProcessMemory(double Resident, double Managed)
{
    private const double Mebibyte = 1024 * 1024;

    public static ProcessMemory Read() => new(ReadResident() / Mebibyte, GC.GetTotalMemory(forceFullCollection: false) / Mebibyte);

    /// <summary>After full, compacting collections that give what is free back to the system.</summary>
    public static ProcessMemory ReadCollected()
    {
        for (var pass = 0; pass < 2; pass++)
        {
            GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
            GC.WaitForPendingFinalizers();
        }

        return Read();
    }

    private static double ReadResident()
    {
        const string Field = "VmRSS:";
        if (!OperatingSystem.IsLinux())
        {
            using var process = Process.GetCurrentProcess();
            return process.WorkingSet64;
        }

        var line = File.ReadLines("/proc/self/status").First(line => line.StartsWith(Field, StringComparison.Ordinal));
        return double.Parse(line[Field.Length..].Replace("kB", "", StringComparison.Ordinal), CultureInfo.InvariantCulture) * 1024;
    }
}
