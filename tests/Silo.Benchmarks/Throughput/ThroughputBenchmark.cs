using System.Globalization;
using Silo.Benchmarks.Bare;
using Silo.Benchmarks.Measuring;
using Silo.Benchmarks.Servers;
using Silo.Core.Tasks;

namespace Silo.Benchmarks.Throughput;

/// <summary>Rounds in which every way moves the same number of tasks through a fresh file, after a few that are not counted; the order turns from round to round.</summary>
internal sealed class ThroughputBenchmark(ThroughputOptions options, TextWriter messages)
{
    private const int FirstTasksMax = 2000;

    /// <summary>The compiler goes on improving what runs often for about as long.</summary>
    private const int FirstRounds = 2;

    private readonly byte[] _payload = Payloads.OfBytes(options.PayloadBytes);

    public async Task<ThroughputReport> RunAsync(CancellationToken cancellationToken)
    {
        var session = SessionSettings.Read();
        await messages.WriteLineAsync(string.Create(CultureInfo.InvariantCulture, $"throughput: {FirstRounds} rounds that are not counted ..."));
        for (var number = 0; number < FirstRounds; number++)
        {
            await RunRoundAsync(number, cancellationToken);
        }

        var rounds = new List<ThroughputRound>(options.Rounds);
        for (var number = 1; number <= options.Rounds; number++)
        {
            var round = await RunRoundAsync(number, cancellationToken);
            rounds.Add(round);
            await messages.WriteLineAsync(string.Create(
                CultureInfo.InvariantCulture,
                $"round {number}: bare {round.Bare.TasksPerSecond:0}, in process {round.Inprocess.TasksPerSecond:0}, HTTP {round.Http.TasksPerSecond:0} tasks/s"));
        }

        return ThroughputReport.Of(rounds, options, session);
    }

    private async Task<ThroughputRound> RunRoundAsync(int number, CancellationToken cancellationToken)
    {
        ThroughputSample? bare = null, inprocess = null, http = null;
        for (var way = 0; way < 3; way++)
        {
            switch ((number + way) % 3)
            {
                case 0: bare = await RunBareAsync(); break;
                case 1: inprocess = await RunSiloAsync(server => new InProcessSubmitter(server.Client, _payload), cancellationToken); break;
                default: http = await RunSiloAsync(server => new HttpSubmitter(server.Address, _payload), cancellationToken); break;
            }
        }

        return new ThroughputRound(bare!, inprocess!, http!);
    }

    private async Task<ThroughputSample> RunBareAsync()
    {
        using var file = BareFile.Create();
        var first = NewPipeline();
        await first.RunAsync(Math.Min(FirstTasksMax, options.Tasks));
        var pipeline = NewPipeline();
        var sample = await ThroughputSample.MeasureAsync(options.Tasks, () => pipeline.RunAsync(options.Tasks));
        TaskId[] acknowledged = [.. first.Acknowledged, .. pipeline.Acknowledged];
        TaskId[] recorded = [.. first.Recorded, .. pipeline.Recorded];
        return sample with { Ledger = Ledger.Audit(file.Session, acknowledged, recorded, recorded, options.PayloadBytes) };

        BarePipeline NewPipeline() => new(file, options.Slots, options.BatchTasks, _payload);
    }

    private async Task<ThroughputSample> RunSiloAsync(Func<BenchServer, ISubmitter> connect, CancellationToken cancellationToken)
    {
        var firstTasks = Math.Min(FirstTasksMax, options.Tasks);
        await using var server = await BenchServer.StartAsync(options.Slots, firstTasks + options.Tasks, cancellationToken);
        using var submitter = connect(server);
        var acknowledged = new List<TaskId>(firstTasks + options.Tasks);
        await RunTasksAsync(firstTasks);
        var sample = await ThroughputSample.MeasureAsync(options.Tasks, () => RunTasksAsync(options.Tasks));
        return sample with { Ledger = await server.StopAndAuditAsync(acknowledged, options.PayloadBytes) };

        async Task RunTasksAsync(int tasks) =>
            acknowledged.AddRange(await SubmitRun.RunAsync(submitter, server.Recorder, tasks, options.Clients, options.BatchTasks, cancellationToken));
    }
}
