using Silo.Core.Engine;
using Silo.Core.Nodes;
using Silo.Core.Tasks;

namespace Silo.Cluster.Client.Messages;

/// <summary>A <see cref="NodeReport"/> on the wire; see <see cref="SubmitNoticeSurrogate"/>.</summary>
[GenerateSerializer, Immutable]
internal struct NodeReportSurrogate
{
    [Id(0)] public string Node;
    [Id(1)] public long Incarnation;
    [Id(2)] public long Epoch;
    [Id(3)] public string Activation;
    [Id(4)] public long Number;
    [Id(5)] public FreedSurrogate[] Freed;
    [Id(6)] public RecordedSurrogate[] Recorded;
    [Id(7)] public HeldSurrogate[] Returned;
}

[GenerateSerializer, Immutable]
internal readonly record struct FreedSurrogate([property: Id(0)] Guid Task, [property: Id(1)] long Dispatch, [property: Id(2)] TimeSpan Ran);

[GenerateSerializer, Immutable]
internal readonly record struct RecordedSurrogate(
    [property: Id(0)] Guid Task, [property: Id(1)] int Attempt, [property: Id(2)] int Answer, [property: Id(3)] int State, [property: Id(4)] DateTimeOffset RunAt);

[GenerateSerializer, Immutable]
internal readonly record struct HeldSurrogate([property: Id(0)] Guid Task, [property: Id(1)] int Attempt, [property: Id(2)] long Dispatch);

[RegisterConverter]
internal sealed class NodeReportConverter : IConverter<NodeReport, NodeReportSurrogate>
{
    public NodeReportSurrogate ConvertToSurrogate(in NodeReport value) => new()
    {
        Node = value.Fence.Node,
        Incarnation = value.Fence.Incarnation,
        Epoch = value.Epoch,
        Activation = value.Activation,
        Number = value.Number,
        Freed = [.. value.Freed.Select(static one => new FreedSurrogate(one.Id.Value, one.Dispatch, one.Ran))],
        Recorded = [.. value.Recorded.Select(static one => new RecordedSurrogate(one.Id.Value, one.Attempt, (int)one.Answer, (int)one.State, one.RunAt))],
        Returned = [.. value.Returned.Select(static one => new HeldSurrogate(one.Id.Value, one.Attempt, one.Dispatch))],
    };

    public NodeReport ConvertFromSurrogate(in NodeReportSurrogate surrogate) => new()
    {
        Fence = new NodeFence(surrogate.Node, surrogate.Incarnation),
        Epoch = surrogate.Epoch,
        Activation = surrogate.Activation,
        Number = surrogate.Number,
        Freed = Array.ConvertAll(surrogate.Freed, static one => new FreedTask(new TaskId(one.Task), one.Dispatch, one.Ran)),
        Recorded = Array.ConvertAll(
            surrogate.Recorded, static one => new RecordedOutcome(new TaskId(one.Task), one.Attempt, (OutcomeAnswer)one.Answer, (StoredState)one.State, one.RunAt)),
        Returned = Array.ConvertAll(surrogate.Returned, static one => new HeldAttempt(new TaskId(one.Task), one.Attempt, one.Dispatch)),
    };
}
