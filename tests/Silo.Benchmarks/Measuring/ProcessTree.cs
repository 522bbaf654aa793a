using System.Globalization;

namespace Silo.Benchmarks.Measuring;

/// <summary>Processor time of a process with all that it started, from <c>/proc</c> (Linux).</summary>
/// <remarks>A child that has ended is in its parent's sum, so nothing is missed and nothing counted twice.</remarks>
internal sealed class ProcessTree(int root)
{
    // proc(5): the clock ticks that /proc counts in are a hundredth of a second on every Linux there is.
    private const double TicksPerSecond = 100;

    // Fields of stat behind the name, which ends with the last bracket: the parent is the second, the four times come twelfth to fifteenth.
    private const int ParentField = 1;
    private const int FirstTimeField = 11;
    private const int TimeFields = 4;

    /// <summary>So far, in seconds.</summary>
    public double CpuSeconds()
    {
        var stats = Directory.EnumerateDirectories("/proc").Select(Read).OfType<Stat>().ToLookup(stat => stat.Parent);
        var total = Read($"/proc/{root}") is { } own ? own.Ticks : 0;
        var open = new Stack<int>([root]);
        while (open.TryPop(out var parent))
        {
            foreach (var child in stats[parent])
            {
                total += child.Ticks;
                open.Push(child.Process);
            }
        }

        return total / TicksPerSecond;
    }

    private static Stat? Read(string folder)
    {
        if (!int.TryParse(Path.GetFileName(folder), NumberStyles.None, CultureInfo.InvariantCulture, out var process))
            return null;
        try
        {
            var line = File.ReadAllText(Path.Combine(folder, "stat"));
            var fields = line[(line.LastIndexOf(')') + 2)..].Split(' ');
            var ticks = fields.AsSpan(FirstTimeField, TimeFields).ToArray().Sum(field => long.Parse(field, CultureInfo.InvariantCulture));
            return new Stat(process, int.Parse(fields[ParentField], CultureInfo.InvariantCulture), ticks);
        }
        catch (IOException)
        {
            // It ended between the listing and the reading; its parent has its time by then.
            return null;
        }
    }

    private sealed record Stat(int Process, int Parent, long Ticks);
}
