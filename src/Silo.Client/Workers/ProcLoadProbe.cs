using System.Globalization;
using Silo.Core.Nodes;
using Silo.Core.Workers;

namespace Silo.Client.Workers;

/// <summary>The machine's load from Linux's <c>/proc/stat</c> and <c>/proc/meminfo</c>; null on other systems.</summary>
/// <remarks>In a container these files tell of the whole machine, which is what the container shares with others.</remarks>
internal sealed class ProcLoadProbe : ILoadProbe
{
    private readonly string _folder;
    private CpuTime? _last;
    private double _cpuPercent;

    public ProcLoadProbe()
        : this("/proc")
    {
    }

    internal ProcLoadProbe(string folder)
    {
        _folder = folder;
        // A first look now, so that the first beat already has an interval to speak of.
        _last = ReadCpu();
    }

    public NodeLoad? Read()
    {
        if (ReadCpu() is not { } cpu || ReadMemoryPercent() is not { } memoryPercent)
            return null;
        if (_last is { } last && cpu.Total > last.Total)
            _cpuPercent = Math.Clamp(100.0 * (cpu.Busy - last.Busy) / (cpu.Total - last.Total), 0, 100);
        _last = cpu;
        return new NodeLoad(_cpuPercent, memoryPercent);
    }

    private CpuTime? ReadCpu()
    {
        // cpu user nice system idle iowait irq softirq steal guest guest_nice; guests are counted in user and nice already.
        if (ReadLines("stat")?.FirstOrDefault()?.Split(' ', StringSplitOptions.RemoveEmptyEntries) is not ["cpu", .. var fields] || fields.Length < 4)
            return null;
        long total = 0, idle = 0;
        for (var index = 0; index < Math.Min(fields.Length, 8); index++)
        {
            if (!long.TryParse(fields[index], NumberStyles.None, CultureInfo.InvariantCulture, out var ticks))
                return null;
            total += ticks;
            idle += index is 3 or 4 ? ticks : 0;
        }

        return new CpuTime(total - idle, total);
    }

    private double? ReadMemoryPercent()
    {
        if (ReadLines("meminfo") is not { } lines)
            return null;
        long total = 0, available = -1;
        foreach (var line in lines)
        {
            total = KilobytesOf(line, "MemTotal:") ?? total;
            available = KilobytesOf(line, "MemAvailable:") ?? available;
        }

        return total > 0 && available >= 0 ? Math.Clamp(100.0 * (total - available) / total, 0, 100) : null;
    }

    private static long? KilobytesOf(string line, string name) =>
        line.StartsWith(name, StringComparison.Ordinal) && line[name.Length..].Split(' ', StringSplitOptions.RemoveEmptyEntries) is [var number, ..]
            && long.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out var kilobytes)
            ? kilobytes
            : null;

    private string[]? ReadLines(string name)
    {
        try
        {
            return File.ReadAllLines(Path.Combine(_folder, name));
        }
        catch (Exception absent) when (absent is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    private readonly record struct CpuTime(long Busy, long Total);
}
