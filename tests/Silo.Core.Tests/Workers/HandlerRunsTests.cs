using Silo.Core.Engine;
using Silo.Core.Handlers;
using Silo.Core.Tasks;
using Silo.Core.Workers;
using Silo.Testing;

namespace Silo.Core.Tests.Workers;

public sealed class HandlerRunsTests : IDisposable
{
    private const int Blocking = 6;

    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);

    private readonly ManualResetEventSlim _release = new();
    private readonly TaskCompletionSource _allBegun = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _begun;

    [Fact]
    public async Task Start_HandlersThatBlockTheirThread_HoldUpNoneOfTheOthers()
    {
        var environment = new WorkerEnvironment
        {
            Time = TimeProvider.System,
            Ids = new SystemIdSource(),
            Random = new SystemRandomSource(),
            Turns = new TurnScheduler(),
            Handlers = TaskScheduler.Default,
        };
        var turns = new TaskFactory(environment.Turns);
        using var executions = new WorkerExecutions(environment, new HandlerTable([new BlockingHandler(this)]), new WorkerOptions { Name = "node-1", Slots = Blocking }, turns, _ => { });

        await turns.StartNew(() =>
        {
            executions.Accept([.. Enumerable.Range(1, Blocking).Select(NewTask)]);
            executions.ExtendLease(TimeSpan.MaxValue);
        });

        await Await.Within(_allBegun.Task, Limit, "every handler to begin while the others block");
        _release.Set();
    }

    public void Dispose()
    {
        _release.Set();
        _release.Dispose();
    }

    private static TaskDispatch NewTask(int number) => new()
    {
        Id = WorkerHarness.TaskNumber(number),
        Attempt = 1,
        Dispatch = number,
        Type = "block",
        Queue = "default",
        Priority = 50,
        RunAt = DateTimeOffset.UnixEpoch,
        Timeout = TimeSpan.FromHours(1),
        Retry = RetryPolicy.Default,
    };

    private sealed class BlockingHandler(HandlerRunsTests test) : IHandlerRunner
    {
        public string Type => "block";

        public ValueTask<ReadOnlyMemory<byte>> RunAsync(ReadOnlyMemory<byte> payload, TaskContext context, CancellationToken cancellationToken)
        {
            if (Interlocked.Increment(ref test._begun) == Blocking)
                test._allBegun.SetResult();
            test._release.Wait(Limit, CancellationToken.None);
            return ValueTask.FromResult(ReadOnlyMemory<byte>.Empty);
        }

        public PayloadProblem? Check(ReadOnlyMemory<byte> payload) => null;
    }
}
