using System.Reflection;
using Silo.Core.Queues;
using Silo.Core.Storage;
using Silo.Core.Tasks;

namespace Silo.Core.Tests.Scheduling;

/// <summary>An empty store that answers everything at once, but for registrations, which a test answers itself.</summary>
public class AnsweredStore : DispatchProxy
{
    public static readonly RegisterNodeAnswer FirstIncarnation = new(EpochAnswer.Done, 1, Draining: false, []);

    public Func<Task<RegisterNodeAnswer>> Register { get; set; } = static () => Task.FromResult(FirstIncarnation);

    public ISchedulerStore Face { get; private set; } = null!;

    public static AnsweredStore Create()
    {
        var face = Create<ISchedulerStore, AnsweredStore>();
        var store = (AnsweredStore)(object)face;
        store.Face = face;
        return store;
    }

    protected override object Invoke(MethodInfo? targetMethod, object?[]? args) => targetMethod!.Name switch
    {
        nameof(ISchedulerStore.TakeEpochAsync) => Task.FromResult(1L),
        nameof(ISchedulerStore.ReadTimeAsync) => Task.FromResult(DateTimeOffset.UnixEpoch),
        nameof(ISchedulerStore.RegisterNodeAsync) => Register(),
        nameof(ISchedulerStore.FenceNodeAsync) => Task.FromResult(new FenceNodeAnswer(EpochAnswer.Done, [])),
        nameof(ISchedulerStore.ReadNodesAsync) => Empty<NodeRecord>(),
        nameof(ISchedulerStore.ReadQueuesAsync) => Empty<QueueSettings>(),
        nameof(ISchedulerStore.ReadCancelsAsync) => Empty<TaskId>(),
        nameof(ISchedulerStore.ReadPrioritiesAsync) => Empty<int>(),
        nameof(ISchedulerStore.ReadWaitingAsync) => Empty<WaitingTask>(),
        var name => throw new NotSupportedException($"No test has needed {name} yet."),
    };

    private static Task<IReadOnlyList<T>> Empty<T>() => Task.FromResult<IReadOnlyList<T>>([]);
}
