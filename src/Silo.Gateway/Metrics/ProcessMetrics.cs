using System.Diagnostics;
using System.Reflection;

namespace Silo.Gateway.Metrics;

/// <summary>What this process uses of its machine.</summary>
internal static class ProcessMetrics
{
    private static readonly string Version =
        typeof(ProcessMetrics).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion.Split('+')[0] ?? "unknown";

    public static void Add(MetricText text)
    {
        using var process = Process.GetCurrentProcess();
        text.Add(MetricKind.Gauge, "silo_build_info", "Always 1; the version of the program is in the label.", new MetricSample(1, ("version", Version)));
        text.Add(MetricKind.Gauge, "silo_process_start_time_seconds", "When the process began, in seconds since 1970.", new MetricSample(new DateTimeOffset(process.StartTime).ToUnixTimeMilliseconds() / 1000.0));
        text.Add(MetricKind.Counter, "silo_process_cpu_seconds_total", "Processor time used, of all cores.", new MetricSample(process.TotalProcessorTime.TotalSeconds));
        text.Add(MetricKind.Gauge, "silo_process_resident_memory_bytes", "Memory that the process holds in RAM.", new MetricSample(process.WorkingSet64));
        text.Add(MetricKind.Gauge, "silo_process_threads", "Threads of the process.", new MetricSample(process.Threads.Count));
        text.Add(MetricKind.Gauge, "silo_process_gc_heap_bytes", "Managed memory in use.", new MetricSample(GC.GetTotalMemory(forceFullCollection: false)));
        text.Add(
            MetricKind.Counter, "silo_process_gc_collections_total", "Garbage collections by generation.",
            [.. Enumerable.Range(0, GC.MaxGeneration + 1).Select(static generation => new MetricSample(GC.CollectionCount(generation), ("generation", $"{generation}")))]);
        text.Add(MetricKind.Counter, "silo_process_gc_pause_seconds_total", "Time that garbage collections stopped the process for.", new MetricSample(GC.GetTotalPauseDuration().TotalSeconds));
    }
}
