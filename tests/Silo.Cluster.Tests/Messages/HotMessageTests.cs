using System.Text;
using Microsoft.Extensions.DependencyInjection;
using Orleans.Serialization;
using Silo.Cluster.Client;
using Silo.Cluster.Client.Messages;
using Silo.Core.Engine;
using Silo.Core.Nodes;
using Silo.Core.Tasks;

namespace Silo.Cluster.Tests.Messages;

/// <summary>The messages that every task is part of have a written form of their own, and none within a process.</summary>
public sealed class HotMessageTests
{
    public static TheoryData<object> HotMessages =>
    [
        new SubmitNotice { Gateway = "gateway", Number = 1, Tasks = [new WaitingTask { Spec = NewSpec() }] },
        new NodeCommands { Epoch = 1, Incarnation = 2, Activation = "life", Number = 3, Recall = [NewId()] },
        new NodeReport { Fence = new NodeFence("silo-0", 2), Epoch = 1, Activation = "life", Number = 3, Freed = [new FreedTask(NewId(), 7, TimeSpan.FromMilliseconds(5))] },
    ];

    [Theory]
    [MemberData(nameof(HotMessages))]
    public void HotMessage_Written_IsNoJson(object message)
    {
        var written = Encoding.Latin1.GetString(Services().GetRequiredService<Serializer>().SerializeToArray(message));

        Assert.DoesNotContain("\"Number\":", written, StringComparison.Ordinal);
    }

    [Fact]
    public void OtherMessage_Written_IsJson()
    {
        var written = Encoding.Latin1.GetString(Services().GetRequiredService<Serializer>().SerializeToArray<object>(new SubmitNoticeReply(Accepted: true, Expected: 4)));

        Assert.Contains("\"Expected\":4", written, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(HotMessages))]
    public void HotMessage_WithinAProcess_IsHandedOverAsItIs(object message) =>
        Assert.Same(message, Services().GetRequiredService<DeepCopier>().Copy(message));

    [Theory]
    [MemberData(nameof(HotMessages))]
    public void HotMessage_WhenEveryCallIsToBeCopied_IsAnother(object message) =>
        Assert.NotSame(message, Services(new MessageOptions { CopyOnCall = true }).GetRequiredService<DeepCopier>().Copy(message));

    private static ServiceProvider Services(MessageOptions? options = null)
    {
        var services = new ServiceCollection();
        services.AddSingleton(options ?? new MessageOptions());
        return services.AddSiloMessages().BuildServiceProvider();
    }

    private static TaskSpec NewSpec() => new() { Id = NewId(), Type = "echo", Queue = "default", RunAt = DateTimeOffset.UnixEpoch, Payload = "1"u8.ToArray() };

    private static TaskId NewId() => new(Guid.CreateVersion7());
}
