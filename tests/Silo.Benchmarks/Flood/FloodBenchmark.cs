using System.Diagnostics;
using Silo.Benchmarks.Flood.Attacks;

namespace Silo.Benchmarks.Flood;

/// <summary>Healthy clients alone, then in the midst of everything that clients can do wrong at once.</summary>
internal static class FloodBenchmark
{
    private static readonly TimeSpan Sampling = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan Alone = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan Settling = TimeSpan.FromSeconds(3);

    public static async Task<FloodReport> RunAsync(FloodOptions options, TextWriter messages, CancellationToken cancellationToken)
    {
        await using var server = await FloodServer.StartAsync(cancellationToken);
        var target = server.Target;
        messages.WriteLine("healthy clients alone, first to warm up, then measured");
        await HealthyAsync(target, options, messages, Alone, cancellationToken);
        var alone = await HealthyAsync(target, options, messages, Alone, cancellationToken);
        var before = server.ReadRssMib();

        messages.WriteLine($"the flood, for {options.Duration.TotalSeconds} s");
        var tally = new FloodTally();
        var started = Stopwatch.GetTimestamp();
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var attacks = FloodAttacks.All(target, options).Select(attack => attack.RunAsync(target, tally, ended.Token)).ToList();
        var sampling = SampleAsync(server, started, ended.Token);
        var healthy = await HealthyAsync(target, options, messages, options.Duration, cancellationToken);
        await ended.CancelAsync();
        await Task.WhenAll(attacks);
        var samples = await sampling;
        await Task.Delay(Settling, cancellationToken);

        var half = options.Duration / 2;
        return new FloodReport
        {
            Seconds = options.Duration.TotalSeconds,
            Rss = new FloodMemory(
                before,
                samples.Max(sample => sample.Mib),
                samples.Where(sample => sample.At < half).Max(sample => sample.Mib),
                samples.Where(sample => sample.At >= half).Max(sample => sample.Mib),
                server.ReadRssMib()),
            HealthyAlone = alone,
            Healthy = healthy,
            Answers = tally.Answers,
        };
    }

    private static async Task<HealthyFigures> HealthyAsync(FloodTarget target, FloodOptions options, TextWriter messages, TimeSpan duration, CancellationToken cancellationToken)
    {
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        ended.CancelAfter(duration);
        var clients = Enumerable.Range(0, options.HealthyClients).Select(_ => HealthyClient.RunAsync(target, options.HealthyPause, messages, ended.Token));
        return HealthyClient.Judge((await Task.WhenAll(clients)).SelectMany(calls => calls));
    }

    private static async Task<List<(TimeSpan At, long Mib)>> SampleAsync(FloodServer server, long started, CancellationToken ended)
    {
        var samples = new List<(TimeSpan, long)>();
        using var pace = new PeriodicTimer(Sampling);
        try
        {
            do
            {
                samples.Add((Stopwatch.GetElapsedTime(started), server.ReadRssMib()));
            }
            while (await pace.WaitForNextTickAsync(ended));
        }
        catch (OperationCanceledException)
        {
            // The flood is over.
        }

        return samples;
    }
}
