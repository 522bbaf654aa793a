using System.Diagnostics;
using System.Text.Json;
using Silo.Benchmarks.Measuring;
using Silo.Benchmarks.Peers;

namespace Silo.Benchmarks.Latency;

/// <summary>The same measurement through BullMQ on a Redis that syncs every write, by a program of its own.</summary>
internal static class BullMqLatency
{
    /// <exception cref="InvalidOperationException">The program did not come to its end; what it said is on stderr.</exception>
    public static async Task<LatencySamples> RunAsync(PeerPrograms programs, RedisServer redis, LatencyOptions options, int firstSamples, CancellationToken cancellationToken)
    {
        var start = new ProcessStartInfo("node", [Path.Combine(programs.Folder, "bullmq-latency.mjs")]) { RedirectStandardOutput = true };
        start.Environment["REDIS_URL"] = redis.Url;
        start.Environment["BENCH_OPTIONS"] = JsonSerializer.Serialize(
            new BullMqLatencyOptions(options.Samples, firstSamples, options.IdleMilliseconds, options.PayloadBytes), BenchJson.Default.BullMqLatencyOptions);
        using var process = Process.Start(start)!;
        var output = await process.StandardOutput.ReadToEndAsync(cancellationToken);
        await process.WaitForExitAsync(cancellationToken);
        if (process.ExitCode != 0)
            throw new InvalidOperationException($"bullmq-latency.mjs ended with code {process.ExitCode}.");
        var samples = new LatencySamples();
        foreach (var milliseconds in JsonElement.Parse(output).EnumerateArray())
        {
            samples.Add(TimeSpan.FromMilliseconds(milliseconds.GetDouble()));
        }

        return samples;
    }
}

/// <summary>What the program is told.</summary>
internal sealed record BullMqLatencyOptions(int Samples, int FirstSamples, int IdleMilliseconds, int PayloadBytes);
