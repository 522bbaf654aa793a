using Silo.Core.Engine;

namespace Silo.Cluster.Client.Messages;

/// <summary>A <see cref="SubmitNotice"/> on the wire: every task crosses it once, so it has a form of its own, which takes less than half of JSON's time.</summary>
[GenerateSerializer, Immutable]
internal struct SubmitNoticeSurrogate
{
    [Id(0)] public string Gateway;
    [Id(1)] public long Number;
    [Id(2)] public bool Resent;
    [Id(3)] public WaitingTaskSurrogate[] Tasks;
}

[RegisterConverter]
internal sealed class SubmitNoticeConverter : IConverter<SubmitNotice, SubmitNoticeSurrogate>
{
    public SubmitNoticeSurrogate ConvertToSurrogate(in SubmitNotice value) => new()
    {
        Gateway = value.Gateway,
        Number = value.Number,
        Resent = value.Resent,
        Tasks = [.. value.Tasks.Select(WaitingTaskSurrogate.Of)],
    };

    public SubmitNotice ConvertFromSurrogate(in SubmitNoticeSurrogate surrogate) => new()
    {
        Gateway = surrogate.Gateway,
        Number = surrogate.Number,
        Resent = surrogate.Resent,
        Tasks = Array.ConvertAll(surrogate.Tasks, static task => task.ToTask()),
    };
}
