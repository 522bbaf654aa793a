using Microsoft.Extensions.DependencyInjection;
using Silo.Benchmarks.Ceiling;
using Silo.Benchmarks.Postgres;
using Silo.Benchmarks.Servers;
using Silo.Core.Engine;
using Silo.Core.Handlers;
using Silo.Core.Nodes;
using Silo.Core.Queues;
using Silo.Core.Scheduling;
using Silo.Core.Tasks;
using Silo.Storage.Postgres;
using Silo.Testing.Postgres;

namespace Silo.Benchmarks.Stages;

/// <summary>What each stage of a task's way costs by itself: the same code with the same batches, one stage after the other.</summary>
internal sealed class StageProfile(PostgresServer postgres, CeilingOptions options)
{
    private readonly SystemIdSource _ids = new();
    private readonly byte[] _payload = Payloads.OfBytes(options.PayloadBytes);

    /// <param name="whole">The processor time of a task on its whole way.</param>
    /// <returns>The stages in order; dispatch is what the whole has beyond the others: messages, the node's and the worker's tables, turns and threads.</returns>
    public async Task<IReadOnlyList<StageCost>> RunAsync(StageCost whole, CancellationToken cancellationToken)
    {
        await using var database = await postgres.CreateDatabaseAsync();
        await using var store = PostgresStore.Open(new PostgresStoreOptions { ConnectionString = database.ConnectionString });
        var pool = new SchedulerOptions().Pool;
        var epoch = await store.TakeEpochAsync(pool, cancellationToken);
        var registration = new NodeRegistration { Name = BenchServer.Node, Instance = "1", Slots = options.Slots, Types = [EchoHandler.Type] };
        var fence = new NodeFence(BenchServer.Node, (await store.RegisterNodeAsync(pool, epoch, registration, cancellationToken)).Incarnation);
        var batches = Batches();

        var submit = await MeasureAsync("submit", () => EachAsync(batches, batch => store.InsertAsync(batch, cancellationToken)));
        var decide = await MeasureAsync("decide", () => Decide(batches));
        var run = await MeasureAsync("run", () => RunHandlersAsync(batches, cancellationToken));
        var record = await MeasureAsync("record", () => EachAsync(batches, batch => store.RecordAsync(fence, [.. batch.Select(Succeeded)], cancellationToken)));
        return [submit, decide, StageCost.Rest("dispatch", whole, [submit, decide, run, record]), run, record];
    }

    private List<TaskSpec[]> Batches()
    {
        var now = DueTime.RoundDown(DateTimeOffset.UtcNow);
        return [.. Enumerable.Range(0, options.Tasks)
            .Select(_ => new TaskSpec { Id = _ids.NewTaskId(now), Type = EchoHandler.Type, Queue = QueueSettings.DefaultName, RunAt = now, Payload = _payload })
            .Chunk(options.BatchTasks)];
    }

    private async Task<StageCost> MeasureAsync(string stage, Func<Task> work) =>
        StageCost.Of(stage, await PostgresSample.MeasureAsync(postgres.Processes(), options.Tasks, work));

    /// <summary>As many calls under way as there are clients.</summary>
    private Task EachAsync(IEnumerable<TaskSpec[]> batches, Func<TaskSpec[], Task> call) =>
        Parallel.ForEachAsync(batches, new ParallelOptions { MaxDegreeOfParallelism = options.Clients }, async (batch, _) => await call(batch));

    private Task Decide(List<TaskSpec[]> batches)
    {
        var stage = new DecideStage(options.Slots);
        batches.ForEach(stage.Run);
        return Task.CompletedTask;
    }

    private static async Task RunHandlersAsync(List<TaskSpec[]> batches, CancellationToken cancellationToken)
    {
        var services = new ServiceCollection().AddSingleton(new RunRecorder(tasks: 0));
        services.AddTaskHandler<EchoHandler, string, string>(EchoHandler.Type);
        await using var provider = services.BuildServiceProvider();
        var runner = provider.GetRequiredService<IHandlerRunner>();
        foreach (var task in batches.SelectMany(batch => batch))
        {
            await runner.RunAsync(task.Payload, new StageContext(task), cancellationToken);
        }
    }

    private TaskOutcome Succeeded(TaskSpec task) => new()
    {
        Id = task.Id,
        Attempt = 1,
        Kind = OutcomeKind.Succeeded,
        Queue = task.Queue,
        Result = _payload,
        StartedAt = task.RunAt,
        FinishedAt = task.RunAt,
    };
}
