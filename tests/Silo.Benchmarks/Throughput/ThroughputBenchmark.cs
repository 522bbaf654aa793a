using System.Diagnostics;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Silo.Core.Engine;
using Silo.Core.Handlers;
using Silo.Core.Queues;
using Silo.Core.Tasks;
using Silo.Core.Workers;
using Silo.Embedded;
using Silo.Storage.Sqlite;

namespace Silo.Benchmarks.Throughput;

internal sealed record ThroughputLoad(int Tasks, int GroupTasks, int Submitters, int Slots, int PayloadBytes);

/// <param name="Succeeded">As the store counts them at the end.</param>
/// <param name="SubmitSeconds">Until the last submit was durable.</param>
/// <param name="Seconds">Until the last outcome was durable.</param>
/// <param name="CpuSecondsPerThousand">Of this process, per 1,000 tasks.</param>
internal sealed record ThroughputResult(
    string Benchmark, int Tasks, long Succeeded, int PayloadBytes, double SubmitSeconds, double Seconds, double TasksPerSecond, double CpuSecondsPerThousand);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(ThroughputResult))]
internal sealed partial class ThroughputJson : JsonSerializerContext;

/// <summary>One process: an in-process client, the embedded engine, a SQLite file in a temporary folder, one node.</summary>
internal static class ThroughputBenchmark
{
    private const string NoOp = "noop";
    private static readonly TimeSpan PollInterval = TimeSpan.FromMilliseconds(5);

    public static async Task<ThroughputResult> RunAsync(ThroughputLoad load, CancellationToken cancellationToken)
    {
        var folder = Directory.CreateTempSubdirectory("silo-bench-");
        try
        {
            using var host = NewHost(Path.Join(folder.FullName, "silo.db"), load.Slots);
            await host.StartAsync(cancellationToken);
            var client = host.Services.GetRequiredService<ISiloClient>();
            await RunAsync(client, load with { Tasks = Math.Min(load.Tasks, 2000) }, cancellationToken);
            var result = await RunAsync(client, load, cancellationToken);
            await host.StopAsync(cancellationToken);
            return result;
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static async Task<ThroughputResult> RunAsync(ISiloClient client, ThroughputLoad load, CancellationToken cancellationToken)
    {
        var before = await SucceededAsync(client, cancellationToken);
        var cpu = Environment.CpuUsage.TotalTime;
        var started = Stopwatch.GetTimestamp();
        var groups = Enumerable.Repeat(load.GroupTasks, load.Tasks / load.GroupTasks).Append(load.Tasks % load.GroupTasks).Where(size => size > 0);
        var payload = Encoding.UTF8.GetBytes($"\"{new string('x', Math.Max(0, load.PayloadBytes - 2))}\"");
        var options = new ParallelOptions { MaxDegreeOfParallelism = load.Submitters, CancellationToken = cancellationToken };
        await Parallel.ForEachAsync(groups, options, async (size, token) => await client.SubmitAsync(NewTasks(client, size, payload), token));
        var submitted = Stopwatch.GetElapsedTime(started);
        var succeeded = await SucceededAsync(client, cancellationToken) - before;
        while (succeeded < load.Tasks)
        {
            await Task.Delay(PollInterval, cancellationToken);
            succeeded = await SucceededAsync(client, cancellationToken) - before;
        }

        var seconds = Stopwatch.GetElapsedTime(started).TotalSeconds;
        var cpuSeconds = (Environment.CpuUsage.TotalTime - cpu).TotalSeconds;
        return new ThroughputResult(
            "throughput", load.Tasks, succeeded, load.PayloadBytes, Math.Round(submitted.TotalSeconds, 3), Math.Round(seconds, 3), Math.Round(load.Tasks / seconds, 1), Math.Round(cpuSeconds * 1000 / load.Tasks, 4));
    }

    private static List<TaskSpec> NewTasks(ISiloClient client, int count, byte[] payload) =>
    [
        .. Enumerable.Range(0, count).Select(_ => new TaskSpec
        {
            Id = client.NewTaskId(),
            Type = NoOp,
            Queue = QueueSettings.DefaultName,
            RunAt = client.Now,
            Payload = payload,
        }),
    ];

    private static async Task<long> SucceededAsync(ISiloClient client, CancellationToken cancellationToken) =>
        (await client.CountAsync(cancellationToken)).Where(count => count.State == StoredState.Succeeded).Sum(count => count.Count);

    private static IHost NewHost(string database, int slots)
    {
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings { DisableDefaults = true });
        builder.Services.AddLogging();
        builder.Services.AddTaskHandler<NoOpHandler, JsonElement, int>(NoOp);
        builder.Services.AddSiloSqliteStore(store => store.Path = database);
        builder.Services.AddSiloEmbedded(new EmbeddedOptions { Worker = new WorkerOptions { Name = "local", Slots = slots, Kind = "local" } });
        return builder.Build();
    }

    private sealed class NoOpHandler : ITaskHandler<JsonElement, int>
    {
        public Task<int> RunAsync(JsonElement payload, TaskContext context, CancellationToken cancellationToken) => Task.FromResult(0);
    }
}
