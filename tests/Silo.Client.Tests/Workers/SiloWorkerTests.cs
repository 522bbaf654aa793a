using System.Text;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Silo.Client.Workers;
using Silo.Core.Engine;
using Silo.Core.Handlers;
using Silo.Core.Nodes;
using Silo.Core.Tasks;
using Silo.Core.Workers;
using Silo.Testing;

namespace Silo.Client.Tests.Workers;

public sealed class SiloWorkerTests
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);

    [Fact]
    public async Task AddSiloWorker_HostRuns_RunsTasksAndLeavesWhenTheHostStops()
    {
        var door = new OneTaskDoor(Dispatch("shout", "\"hello\""));
        using var host = Host(door, new WorkerOptions { Name = "node-1" });
        await Await.Within(host.StartAsync(), Limit, "the host to start");
        var report = await Await.Within(door.Reported.Task, Limit, "the task's report");
        await Await.Within(host.StopAsync(), Limit, "the host to stop");

        Assert.Equal((ExecutionEnd.Succeeded, "\"HELLO\""), (report.End, Encoding.UTF8.GetString(report.Result.Span)));
        Assert.Equal((Environment.ProcessorCount, "node-1"), (door.Registration!.Registration.Slots, door.Registration.Registration.Name));
        Assert.Equal(["shout"], door.Registration.Registration.Types);
        Assert.True(door.Left);
    }

    [Fact]
    public async Task AddSiloWorker_WorkerBreaksDown_StopsTheHost()
    {
        var door = new OneTaskDoor(Dispatch("shout", "\"hello\""));
        using var host = Host(door, new WorkerOptions { Name = "node-1" }, services => services.AddSingleton<IExecutionObserver, BrokenObserver>());
        var stopping = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        host.Services.GetRequiredService<IHostApplicationLifetime>().ApplicationStopping.Register(stopping.SetResult);
        await Await.Within(host.StartAsync(), Limit, "the host to start");

        await Await.Within(stopping.Task, Limit, "the host to stop by itself");
    }

    [Fact]
    public void AddSiloWorker_SeveralWrongOptions_AreReportedTogether()
    {
        var options = new WorkerOptions
        {
            Name = "no spaces",
            Slots = 0,
            Weight = NodeLimits.WeightMax + 1,
            BeatInterval = TimeSpan.FromSeconds(4),
            StopGrace = TimeSpan.FromSeconds(-1),
            CancelGrace = TimeSpan.FromDays(1),
            Labels = { [""] = "x" },
        };

        var refusal = Assert.Throws<ArgumentException>(() => new ServiceCollection().AddSiloWorker(options));
        foreach (var problem in new[] { "name 'no spaces'", "slots 0", "weight 10001", "beat interval 4 s", "stop grace -1 s", "cancel grace 86400 s", "label ''" })
            Assert.Contains($"Worker {problem}", refusal.Message, StringComparison.Ordinal);
    }

    private static IHost Host(INodeDoor door, WorkerOptions options, Action<IServiceCollection>? more = null)
    {
        var builder = Microsoft.Extensions.Hosting.Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
        builder.Services.AddSingleton(door);
        builder.Services.AddTaskHandler<ShoutHandler, string, string>("shout");
        builder.Services.AddSiloWorker(options);
        more?.Invoke(builder.Services);
        return builder.Build();
    }

    private static TaskDispatch Dispatch(string type, string payload) => new()
    {
        Id = new TaskId(Guid.CreateVersion7()),
        Attempt = 1,
        Dispatch = 1,
        Type = type,
        Queue = "default",
        Priority = 50,
        RunAt = DateTimeOffset.UnixEpoch,
        Timeout = TimeSpan.FromMinutes(1),
        Retry = RetryPolicy.Default,
        Payload = Encoding.UTF8.GetBytes(payload),
        IdempotencyKey = "key",
    };

    private sealed class ShoutHandler : ITaskHandler<string, string>
    {
        public Task<string> RunAsync(string payload, TaskContext context, CancellationToken cancellationToken) =>
            Task.FromResult(payload.ToUpperInvariant());
    }

    private sealed class BrokenObserver : IExecutionObserver
    {
        public void Started(TaskDispatch task) => throw new InvalidOperationException("The ledger is full.");

        public void Ended(TaskDispatch task, ExecutionReport report)
        {
        }

        public void Answered(RecordedOutcome answer)
        {
        }
    }
}
