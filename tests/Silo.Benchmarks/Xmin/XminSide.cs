using System.Diagnostics;
using Silo.Benchmarks.Latency;
using Silo.Benchmarks.Measuring;
using Silo.Benchmarks.Postgres;
using Silo.Core.Tasks;
using Silo.Testing.Postgres;

namespace Silo.Benchmarks.Xmin;

/// <summary>One of the two databases, with an engine of its own.</summary>
internal sealed class XminSide : IAsyncDisposable
{
    private const int Slots = 16;
    private const int TasksPerSubmit = 500;

    private readonly PostgresBenchServer _server;
    private readonly XminOptions _options;
    private readonly List<TaskId> _acknowledged = [];

    private XminSide(PostgresBenchServer server, XminOptions options) => (_server, _options) = (server, options);

    public static async Task<XminSide> StartAsync(PostgresDatabase database, XminOptions options, CancellationToken cancellationToken) =>
        new(await PostgresBenchServer.StartAsync(database, Slots, options.PayloadBytes, cancellationToken), options);

    /// <summary>Runs so many tasks, as fast as they go.</summary>
    public async Task RunAsync(int tasks, CancellationToken cancellationToken)
    {
        var recorded = _server.Recorder.RecordedAsync(_acknowledged.Count + tasks);
        for (var left = tasks; left > 0; left -= TasksPerSubmit)
        {
            await SubmitAsync(_server.NewTasks(Math.Min(left, TasksPerSubmit)), cancellationToken);
        }

        await recorded.WaitAsync(cancellationToken);
    }

    /// <summary>A burst, then single submits with a pause before each.</summary>
    public async Task<LatencySamples> SampleAsync(CancellationToken cancellationToken)
    {
        var samples = new LatencySamples();
        await RunAsync(_options.BurstTasks, cancellationToken);
        for (var sample = 0; sample < _options.Samples; sample++)
        {
            await Task.Delay(_options.IdleMilliseconds, cancellationToken);
            var recorded = _server.Recorder.RecordedAsync(_acknowledged.Count + 1);
            var began = Stopwatch.GetTimestamp();
            await SubmitAsync(_server.NewTasks(1), cancellationToken);
            await recorded.WaitAsync(cancellationToken);
            samples.Add(Stopwatch.GetElapsedTime(began, _server.Recorder.LatestStart));
        }

        return samples;
    }

    public Task<Ledger> StopAsync() => _server.StopAndAuditAsync(_acknowledged);

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    private async Task SubmitAsync(List<TaskSpec> tasks, CancellationToken cancellationToken)
    {
        await _server.Client.SubmitAsync(tasks, cancellationToken);
        _acknowledged.AddRange(tasks.Select(task => task.Id));
    }
}
