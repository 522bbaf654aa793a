using Silo.Core.Engine;
using Silo.Core.Tasks;
using Silo.Gateway.Events;
using Silo.Gateway.Tests.Hosting;
using static Silo.Gateway.Tests.Events.EventStreamTests;

namespace Silo.Gateway.Tests.Events;

public sealed class CoalescingTests
{
    [Fact]
    public void PerTask_TaskChangesItsNode_IsToldOnceForEach()
    {
        var told = Coalescing.PerTask([Event(1, TaskEventKind.Dispatched), Event(1, TaskEventKind.Returned), Event(1, TaskEventKind.Dispatched) with { Node = "beta" }]);

        Assert.Equal([(TaskEventKind.Returned, "alpha"), (TaskEventKind.Dispatched, "beta")], told.Select(happened => (happened.Kind, happened.Node!)));
    }

    [Fact]
    public void PerTask_FirstOnNoNode_IsToldByTheNodesEvent()
    {
        var told = Coalescing.PerTask([Event(1, TaskEventKind.Submitted) with { Node = null }, Event(2, TaskEventKind.Submitted), Event(1, TaskEventKind.Dispatched)]);

        Assert.Equal([Samples.Id(2), Samples.Id(1)], told.Select(happened => happened.Id));
    }

    [Fact]
    public void PerTask_ManyLines_KeepsTheLastAndCountsTheRest()
    {
        var told = Coalescing.PerTask([.. Enumerable.Range(1, LogTail.LinesMax + 5).Select(line => Said(1, null, null, $"{line}"))]);

        var said = Assert.Single(told).Progress!;
        Assert.Equal((LogTail.LinesMax, "6", 5), (said.Logs.Count, said.Logs[0], said.LogsDropped));
    }
}
