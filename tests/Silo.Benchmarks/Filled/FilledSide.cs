using Silo.Benchmarks.Ceiling;
using Silo.Benchmarks.Memory;
using Silo.Benchmarks.Postgres;
using Silo.Benchmarks.Servers;
using Silo.Benchmarks.Throughput;
using Silo.Testing.Postgres;

namespace Silo.Benchmarks.Filled;

/// <summary>One of the two databases in one round.</summary>
/// <param name="AddedMebibytes">The most that this process had in physical memory while the tasks ran, above what it had before they came.</param>
internal sealed record FilledSide(PostgresSample Sample, double AddedMebibytes)
{
    private static readonly TimeSpan LookInterval = TimeSpan.FromMilliseconds(50);

    public static async Task<FilledSide> RunAsync(PostgresDatabase database, CeilingOptions options, CancellationToken cancellationToken)
    {
        var added = 0.0;
        var sample = await CeilingRound.RunSiloAsync(
            database, options, server => new InProcessSubmitter(server.Client, Payloads.OfBytes(options.PayloadBytes)), WatchAsync, cancellationToken);
        return new FilledSide(sample, added);

        async Task WatchAsync(Func<Task> work)
        {
            var idle = ProcessMemory.Read().Resident;
            var running = work();
            while (await Task.WhenAny(running, Task.Delay(LookInterval, cancellationToken)) != running)
            {
                added = Math.Max(added, ProcessMemory.Read().Resident - idle);
            }

            await running;
        }
    }
}

/// <summary>Both databases, one after the other.</summary>
internal sealed record FilledRound(FilledSide Filled, FilledSide Empty);
