using System.Diagnostics;
using System.Globalization;
using Silo.Benchmarks.Bare;
using Silo.Benchmarks.Measuring;
using Silo.Benchmarks.Servers;
using Silo.Client;
using Silo.Contracts.Json;
using Silo.Contracts.Tasks;
using Silo.Core.Engine;
using Silo.Core.Tasks;

namespace Silo.Benchmarks.Latency;

/// <summary>One submit and one bare insert in turns, each after a pause, so that both meet the same disk and the same idle machine.</summary>
internal sealed class LatencyBenchmark(LatencyOptions options, bool besideBullMq, TextWriter messages)
{
    private const int FirstSamples = 50;
    private const int Slots = 16;

    private readonly byte[] _payload = Payloads.OfBytes(options.PayloadBytes);
    private readonly SystemIdSource _ids = new();

    public async Task<LatencyReport> RunAsync(CancellationToken cancellationToken)
    {
        var session = SessionSettings.Read();
        var rounds = new List<LatencyRound>(options.Rounds);
        for (var number = 1; number <= options.Rounds; number++)
        {
            var round = await RunRoundAsync(cancellationToken);
            rounds.Add(round);
            await messages.WriteLineAsync(string.Create(
                CultureInfo.InvariantCulture,
                $"round {number}: p50 of the bare insert {round.BareInsert.At(0.5):0.000} ms, from submit to start {round.SubmitToStart.At(0.5):0.000} ms"));
        }

        return LatencyReport.Of(rounds, options, session, await new PostgresLatency(options, messages).RunAsync(besideBullMq, cancellationToken));
    }

    private async Task<LatencyRound> RunRoundAsync(CancellationToken cancellationToken)
    {
        var (bare, submit) = (new LatencySamples(), new LatencySamples());
        var acknowledged = new List<TaskId>();
        using var file = BareFile.Create();
        await using var server = await BenchServer.StartAsync(Slots, FirstSamples + options.Samples, cancellationToken);
        using var client = new SiloHttpClient(server.Address);
        var pause = TimeSpan.FromMilliseconds(options.IdleMilliseconds);
        for (var number = -FirstSamples; number < options.Samples; number++)
        {
            await Task.Delay(pause, cancellationToken);
            var inserted = Insert(file);
            await Task.Delay(pause, cancellationToken);
            var started = await SubmitAsync(server, client, acknowledged, cancellationToken);
            if (number >= 0)
            {
                bare.Add(inserted);
                submit.Add(started);
            }
        }

        return new LatencyRound(bare, submit, await server.StopAndAuditAsync(acknowledged, options.PayloadBytes));
    }

    /// <summary>A statement without a transaction around it is one of its own.</summary>
    private TimeSpan Insert(BareFile file)
    {
        var now = DateTimeOffset.UtcNow;
        var began = Stopwatch.GetTimestamp();
        new BareRow(_ids.NewTaskId(now), _payload).Insert(file.Session, now);
        return Stopwatch.GetElapsedTime(began);
    }

    /// <summary>From the call until the handler begins, whether the call has its answer by then or not.</summary>
    private async Task<TimeSpan> SubmitAsync(BenchServer server, SiloHttpClient client, List<TaskId> acknowledged, CancellationToken cancellationToken)
    {
        var recorded = server.Recorder.RecordedAsync(acknowledged.Count + 1);
        var request = new SubmitTaskRequest { Type = EchoHandler.Type, Payload = new RawJson(_payload) };
        var began = Stopwatch.GetTimestamp();
        acknowledged.Add(new TaskId((await client.SubmitAsync(request, cancellationToken: cancellationToken)).Id));
        await recorded.WaitAsync(cancellationToken);
        return Stopwatch.GetElapsedTime(began, server.Recorder.LatestStart);
    }
}
