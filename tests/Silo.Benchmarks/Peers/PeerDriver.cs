using System.Diagnostics;
using System.Text.Json;
using Silo.Benchmarks.Ceiling;
using Silo.Benchmarks.Measuring;

namespace Silo.Benchmarks.Peers;

/// <summary>Runs a peer through its driver, a program of its own, which says when it is ready, begins at a line, and counts every job by its number.</summary>
internal sealed class PeerDriver(PeerPrograms programs, PeersOptions options)
{
    /// <param name="script">Its name in the folder of the drivers.</param>
    /// <param name="environment">Where its store is.</param>
    /// <param name="store">The processes of its store.</param>
    /// <exception cref="InvalidOperationException">It ended before it was done; what it said is on stderr.</exception>
    public async Task<PeerSample> RunAsync(string script, IEnumerable<KeyValuePair<string, string>> environment, ProcessTree store, CancellationToken cancellationToken)
    {
        var start = new ProcessStartInfo("node", [Path.Combine(programs.Folder, script)]) { RedirectStandardInput = true, RedirectStandardOutput = true };
        start.Environment["BENCH_OPTIONS"] = JsonSerializer.Serialize(DriverOptions.Of(options), BenchJson.Default.DriverOptions);
        foreach (var (name, value) in environment)
        {
            start.Environment[name] = value;
        }

        using var process = Process.Start(start)!;
        try
        {
            await ReadAsync();
            var program = new ProcessTree(process.Id);
            var (programBefore, storeBefore) = (program.CpuSeconds(), store.CpuSeconds());
            await process.StandardInput.WriteLineAsync();
            var answer = await ReadAsync();
            var (programCpu, storeCpu) = (program.CpuSeconds() - programBefore, store.CpuSeconds() - storeBefore);
            await process.StandardInput.WriteLineAsync();
            await process.WaitForExitAsync(cancellationToken);
            return Judge(answer, programCpu, storeCpu);
        }
        finally
        {
            process.Kill();
        }

        async Task<string> ReadAsync() => await process.StandardOutput.ReadLineAsync(cancellationToken)
            ?? throw new InvalidOperationException($"{script} ended before it was done.");
    }

    private PeerSample Judge(string line, double programCpu, double storeCpu)
    {
        var answer = JsonElement.Parse(line);
        var (acknowledged, ran) = (answer.GetProperty("acknowledged").GetInt64(), answer.GetProperty("ran").GetInt64());
        var ledger = new Ledger
        {
            Acknowledged = acknowledged,
            Succeeded = ran,
            Lost = acknowledged - ran,
            DuplicateRuns = answer.GetProperty("duplicates").GetInt64(),
        };
        var perThousand = 1000.0 / options.PeerTasks;
        return new PeerSample(
            options.PeerTasks / answer.GetProperty("seconds").GetDouble(), programCpu * perThousand, storeCpu * perThousand, ledger, answer.GetProperty("settings").GetRawText());
    }
}

/// <summary>What a driver is told.</summary>
internal sealed record DriverOptions(int Tasks, int FirstTasks, int Batch, int Clients, int PayloadBytes)
{
    public static DriverOptions Of(PeersOptions options) => new(
        options.PeerTasks, Math.Min(CeilingRound.FirstTasksMax, options.PeerTasks), options.Own.BatchTasks, options.Own.Clients, options.Own.PayloadBytes);
}
