using System.Globalization;
using System.Runtime;
using System.Runtime.InteropServices;
using Silo.Benchmarks.Bare;
using SQLitePCL;

namespace Silo.Benchmarks.Measuring;

/// <summary>What a figure depends on beside the code.</summary>
internal sealed record SessionSettings
{
    public required int Processors { get; init; }

    public required string OperatingSystem { get; init; }

    public required string Runtime { get; init; }

    public required bool ServerGarbageCollection { get; init; }

    public required bool ConcurrentGarbageCollection { get; init; }

    public required string Sqlite { get; init; }

    public required string JournalMode { get; init; }

    /// <summary>2 is FULL: every commit is synced.</summary>
    public required string Synchronous { get; init; }

    /// <summary>Of the folder that has the files.</summary>
    public required string FileSystem { get; init; }

    /// <summary>Waiting and running threads of the machine over the last minute, as the run began; others may be at work beside it.</summary>
    public required double? LoadAverage { get; init; }

    public static SessionSettings Read()
    {
        using var file = BareFile.Create();
        return new SessionSettings
        {
            Processors = Environment.ProcessorCount,
            OperatingSystem = RuntimeInformation.OSDescription,
            Runtime = RuntimeInformation.FrameworkDescription,
            ServerGarbageCollection = GCSettings.IsServerGC,
            ConcurrentGarbageCollection = GCSettings.LatencyMode != GCLatencyMode.Batch,
            Sqlite = raw.sqlite3_libversion().utf8_to_string(),
            JournalMode = Pragma(file, "journal_mode"),
            Synchronous = Pragma(file, "synchronous"),
            FileSystem = new DriveInfo(file.Folder).DriveFormat,
            LoadAverage = ReadLoadAverage(),
        };
    }

    private static string Pragma(BareFile file, string name)
    {
        var row = file.Session.Prepare($"PRAGMA {name}");
        row.Step();
        var value = row.ReadText();
        row.Reset();
        return value;
    }

    private static double? ReadLoadAverage() =>
        System.OperatingSystem.IsLinux() && File.ReadAllText("/proc/loadavg").Split(' ') is [var minute, ..] ? double.Parse(minute, CultureInfo.InvariantCulture) : null;
}
