using System.Text;
using Microsoft.Extensions.Logging;
using Silo.Core.Engine;
using Silo.Core.Handlers;
using Silo.Core.Nodes;
using Silo.Core.Tasks;
using Silo.Core.Workers;
using Silo.Testing;

namespace Silo.Core.Tests.Workers;

/// <summary>A worker on the test's thread and clock, with a door and a handler in the test's hand.</summary>
internal sealed class WorkerHarness : IExecutionObserver, ILoadProbe, ILogger, IIdSource
{
    private int _tasks;
    private long _dispatches;

    public WorkerHarness(Action<WorkerOptions>? configure = null)
    {
        var options = new WorkerOptions { Name = "node-1", Slots = 2 };
        configure?.Invoke(options);
        Runtime = new WorkerRuntime(options, Door, new HandlerTable([Handler]), new WorkerEnvironment
        {
            Time = Clock,
            Ids = this,
            Random = new HalfwayRandom(),
            Turns = Turns,
            Handlers = Turns,
            Load = this,
            Observer = this,
            Logger = this,
        });
    }

    public ManualTimeProvider Clock { get; } = new();

    public WorkerTurns Turns { get; } = new();

    public WorkerDoor Door { get; } = new();

    public WorkerHandler Handler { get; } = new();

    public WorkerRuntime Runtime { get; }

    public List<TaskId> Started { get; } = [];

    public List<ExecutionReport> Ended { get; } = [];

    public List<RecordedOutcome> Answered { get; } = [];

    public List<string> Logs { get; } = [];

    public WorkerStatus Status
    {
        get
        {
            var status = Runtime.ReadStatusAsync();
            Turns.Run();
            return status.Result;
        }
    }

    public static WorkerHarness Start(Action<WorkerOptions>? configure = null)
    {
        var harness = new WorkerHarness(configure);
        harness.Runtime.Start();
        harness.Turns.Run();
        return harness;
    }

    /// <summary>Moves the clock from timer to timer and lets the worker react to each.</summary>
    public void Advance(TimeSpan by)
    {
        Turns.Run();
        while (Clock.UntilNextTimer is { } next && next <= by)
        {
            Clock.Advance(next);
            by -= next;
            Turns.Run();
        }

        Clock.Advance(by);
        Turns.Run();
    }

    public void AdvanceMilliseconds(int milliseconds) => Advance(TimeSpan.FromMilliseconds(milliseconds));

    /// <summary>Makes tasks, offers them at the door and lets the worker react.</summary>
    public TaskDispatch[] Offer(int count, int priority = 50, TimeSpan? timeout = null)
    {
        var tasks = Enumerable.Range(0, count).Select(_ => NewTask(priority, timeout)).ToArray();
        Offer(tasks);
        return tasks;
    }

    public void Offer(params TaskDispatch[] tasks)
    {
        Door.Offer(tasks);
        Turns.Run();
    }

    public TaskDispatch NewTask(int priority = 50, TimeSpan? timeout = null, string type = "work", string payload = "{}") => new()
    {
        Id = TaskNumber(++_tasks),
        Attempt = 1,
        Dispatch = ++_dispatches,
        Type = type,
        Queue = "default",
        Priority = priority,
        RunAt = DateTimeOffset.UnixEpoch,
        Timeout = timeout ?? TimeSpan.FromHours(1),
        Retry = RetryPolicy.Default,
        Payload = Encoding.UTF8.GetBytes(payload),
        IdempotencyKey = $"key-{_tasks}",
    };

    public static TaskId TaskNumber(int number) => new(new Guid(number, 0, 0, new byte[8]));

    /// <summary>Calls for the stop where its answer can come back without another thread.</summary>
    public Task Stop(TimeSpan grace, CancellationToken cancellationToken)
    {
        var stopped = Task.Factory.StartNew(() => Runtime.StopAsync(grace, cancellationToken), CancellationToken.None, TaskCreationOptions.None, Turns).Unwrap();
        Turns.Run();
        return stopped;
    }

    public void Return(TaskDispatch task, string result = "1")
    {
        Handler.Return(task.Id, result);
        Turns.Run();
    }

    public void Throw(TaskDispatch task, Exception failure)
    {
        Handler.Throw(task.Id, failure);
        Turns.Run();
    }

    /// <summary>Makes the observer break its promise.</summary>
    public bool StartedThrows { get; set; }

    void IExecutionObserver.Started(TaskDispatch task)
    {
        if (StartedThrows)
            throw new InvalidOperationException("The ledger is full.");
        Started.Add(task.Id);
    }

    void IExecutionObserver.Ended(TaskDispatch task, ExecutionReport report) => Ended.Add(report);

    void IExecutionObserver.Answered(RecordedOutcome answer) => Answered.Add(answer);

    NodeLoad? ILoadProbe.Read() => new NodeLoad(12, 34);

    TaskId IIdSource.NewTaskId(DateTimeOffset now) => throw new NotSupportedException("A worker makes no tasks.");

    string IIdSource.NewInstanceId() => "life-1";

    void ILogger.Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
        Logs.Add(formatter(state, exception));

    bool ILogger.IsEnabled(LogLevel logLevel) => true;

    IDisposable? ILogger.BeginScope<TState>(TState state) => null;

    private sealed class HalfwayRandom : IRandomSource
    {
        public double NextDouble() => 0.5;

        public int Next(int bound) => bound / 2;
    }
}
