using Silo.Core.Engine;
using Silo.Core.Tasks;

namespace Silo.Cluster.Client.Messages;

/// <summary>A <see cref="NodeCommands"/> on the wire; see <see cref="SubmitNoticeSurrogate"/>.</summary>
[GenerateSerializer, Immutable]
internal struct NodeCommandsSurrogate
{
    [Id(0)] public long Epoch;
    [Id(1)] public long Incarnation;
    [Id(2)] public string Activation;
    [Id(3)] public long Number;
    [Id(4)] public TaskDispatchSurrogate[] Dispatch;
    [Id(5)] public Guid[] Recall;
    [Id(6)] public Guid[] Cancel;
}

[RegisterConverter]
internal sealed class NodeCommandsConverter : IConverter<NodeCommands, NodeCommandsSurrogate>
{
    public NodeCommandsSurrogate ConvertToSurrogate(in NodeCommands value) => new()
    {
        Epoch = value.Epoch,
        Incarnation = value.Incarnation,
        Activation = value.Activation,
        Number = value.Number,
        Dispatch = [.. value.Dispatch.Select(TaskDispatchSurrogate.Of)],
        Recall = [.. value.Recall.Select(static id => id.Value)],
        Cancel = [.. value.Cancel.Select(static id => id.Value)],
    };

    public NodeCommands ConvertFromSurrogate(in NodeCommandsSurrogate surrogate) => new()
    {
        Epoch = surrogate.Epoch,
        Incarnation = surrogate.Incarnation,
        Activation = surrogate.Activation,
        Number = surrogate.Number,
        Dispatch = Array.ConvertAll(surrogate.Dispatch, static task => task.ToDispatch()),
        Recall = Array.ConvertAll(surrogate.Recall, static id => new TaskId(id)),
        Cancel = Array.ConvertAll(surrogate.Cancel, static id => new TaskId(id)),
    };
}
