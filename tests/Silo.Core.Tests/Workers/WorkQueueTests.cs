using Silo.Core.Engine;
using Silo.Core.Nodes;
using Silo.Core.Tasks;
using Silo.Core.Workers;

namespace Silo.Core.Tests.Workers;

public sealed class WorkQueueTests
{
    private static readonly DateTimeOffset Base = DateTimeOffset.UnixEpoch;

    [Fact]
    public void StartNext_SeveralQueued_TakesHighPriorityThenEarlierThenLowerId()
    {
        var queue = new WorkQueue(slots: 10);
        queue.Accept(Dispatch(5, priority: 50, due: 2));
        queue.Accept(Dispatch(4, priority: 50, due: 1));
        queue.Accept(Dispatch(3, priority: 50, due: 1));
        queue.Accept(Dispatch(9, priority: 51, due: 9));

        Assert.Equal([9, 3, 4, 5], Enumerable.Range(0, 4).Select(_ => Number(queue.StartNext()!)));
        Assert.Null(queue.StartNext());
    }

    [Fact]
    public void Accept_SameSendingTwice_IsHeldOnce()
    {
        var queue = new WorkQueue(slots: 1);

        Assert.True(queue.Accept(Dispatch(1)));
        Assert.False(queue.Accept(Dispatch(1)));
        Assert.Equal(1, queue.Held.Count);
    }

    [Fact]
    public void Accept_GivenBackAndSentAnew_TheAnswerToTheFormerDoesNotTouchTheNew()
    {
        var queue = new WorkQueue(slots: 1);
        queue.Accept(Dispatch(1, dispatch: 1));
        queue.Recall(Id(1));
        var givenBack = queue.TakeBatch(10, long.MaxValue);
        Assert.True(queue.Accept(Dispatch(1, dispatch: 2)));
        queue.Answer(Assert.Single(givenBack));

        Assert.Equal(2, queue.StartNext()!.Task.Dispatch);
        Assert.Equal(default(HeldDigest).With(Id(1), 1), queue.Held);
    }

    [Fact]
    public void Free_Twice_IsABrokenInvariant()
    {
        var queue = new WorkQueue(slots: 1);
        queue.Accept(Dispatch(1));
        var item = queue.StartNext()!;
        queue.Free(item);

        Assert.Throws<InvalidOperationException>(() => queue.Free(item));
    }

    [Fact]
    public void Room_WhateverIsHeld_AsksForAtLeastOneAndAtMostABatch()
    {
        var queue = new WorkQueue(slots: 1);
        Assert.Equal(NodeLimits.LeaseTasksMax, queue.Room);
        for (var number = 1; number <= NodeLimits.LookAheadTasksMax + 50; number++)
            queue.Accept(Dispatch(number));
        Assert.Equal(1, queue.Room);
    }

    [Fact]
    public void TakeInventory_GivenBackAndReleasedPending_AreForgotten()
    {
        var queue = new WorkQueue(slots: 2);
        queue.Accept(Dispatch(1));
        queue.Accept(Dispatch(2));
        queue.Accept(Dispatch(3));
        var released = queue.StartNext()!;
        var succeeded = queue.StartNext()!;
        queue.Recall(Id(3));
        queue.Report(released, Report(released, ExecutionEnd.Released));
        queue.Report(succeeded, Report(succeeded, ExecutionEnd.Succeeded));

        var held = Assert.Single(queue.TakeInventory());
        Assert.Equal((Id(2), true), (held.Task.Id, held.Returned));
        Assert.Equal(default(HeldDigest).With(Id(2), 1), queue.Held);
        Assert.Equal([Id(2)], queue.TakeBatch(10, long.MaxValue).Select(item => item.Task.Id));
        Assert.Equal(1, queue.Unrecorded);
    }

    [Fact]
    public void TakeInventory_LaterAttemptHereBeforeTheAnswerToTheFormer_NamesTheLaterOnly()
    {
        var queue = new WorkQueue(slots: 2);
        queue.Accept(Dispatch(1, attempt: 1, dispatch: 1));
        var first = queue.StartNext()!;
        queue.Free(first);
        queue.Report(first, Report(first, ExecutionEnd.Failed));
        queue.Accept(Dispatch(1, attempt: 2, dispatch: 2));

        Assert.Equal((2, false), (Assert.Single(queue.TakeInventory()).Task.Attempt, queue.TakeInventory()[0].Returned));
        Assert.Equal(1, queue.Unrecorded);
        Assert.Equal([first], queue.TakeBatch(10, long.MaxValue));
    }

    [Theory]
    [InlineData(1, 3, 4)]
    [InlineData(2, 1, 1)]
    [InlineData(3, 5, 2)]
    [InlineData(4, 2, 1000)]
    [InlineData(5, 16, 8)]
    public void WorkQueue_AnyCalls_AgreesWithTheModel(int seed, int slots, int unrecordedMax)
    {
        for (var round = 0; round < 20; round++)
        {
            var run = new WorkQueueRun(new Random((seed * 1000) + round), slots, unrecordedMax);
            for (var step = 0; step < 400; step++)
                run.Step();
        }
    }

    internal static TaskId Id(int number) => new(new Guid(number, 0, 0, new byte[8]));

    internal static TaskDispatch Dispatch(int number, int attempt = 1, long dispatch = 1, int priority = 50, int due = 0) => new()
    {
        Id = Id(number),
        Attempt = attempt,
        Dispatch = dispatch,
        Type = "work",
        Queue = "default",
        Priority = priority,
        RunAt = Base.AddSeconds(due),
        Timeout = TimeSpan.FromHours(1),
        Retry = RetryPolicy.Default,
        IdempotencyKey = "key",
    };

    internal static ExecutionReport Report(WorkItem item, ExecutionEnd end, int resultBytes = 0) =>
        new() { Id = item.Task.Id, Attempt = item.Task.Attempt, Dispatch = item.Task.Dispatch, End = end, Result = new byte[resultBytes], Ran = TimeSpan.Zero };

    private static int Number(WorkItem item) => Enumerable.Range(1, 20).Single(number => Id(number) == item.Task.Id);
}
