using Orleans.Serialization.Cloning;
using Silo.Core.Engine;

namespace Silo.Cluster.Client.Messages;

/// <summary>Within a process, a message that has a written form of its own is handed over as it is too; without this, every call would convert it there and back.</summary>
internal abstract class HandedOver<TMessage>(MessageCodec messages) : IDeepCopier<TMessage>
    where TMessage : class
{
    // CS8767: the release of Orleans takes a null here, which other builds of it do not say; no call sends one.
#pragma warning disable CS8767
    public TMessage DeepCopy(TMessage input, CopyContext context) => (TMessage)messages.DeepCopy(input, context)!;
#pragma warning restore CS8767
}

[RegisterCopier]
internal sealed class HandedOverSubmitNotice(MessageCodec messages) : HandedOver<SubmitNotice>(messages);

[RegisterCopier]
internal sealed class HandedOverNodeCommands(MessageCodec messages) : HandedOver<NodeCommands>(messages);

[RegisterCopier]
internal sealed class HandedOverNodeReport(MessageCodec messages) : HandedOver<NodeReport>(messages);
