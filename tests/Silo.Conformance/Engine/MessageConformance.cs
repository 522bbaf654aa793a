using System.Text.Json.Serialization;
using Silo.Core.Engine;

namespace Silo.Conformance.Engine;

/// <summary>What every actor message must survive to leave its process.</summary>
public abstract class MessageConformance
{
    private const int MessagesPerType = 200;

    public static TheoryData<Type> MessageTypes => [.. Listed()];

    /// <summary>Writes a message as this engine sends it and reads it as this engine receives it.</summary>
    protected abstract object Send(object message, Type type);

    [Theory]
    [MemberData(nameof(MessageTypes))]
    public void Message_WithRandomContent_ArrivesAsItWasSent(Type type)
    {
        for (var seed = 0; seed < MessagesPerType; seed++)
        {
            var sent = new RandomMessages(seed).Make(type);
            var received = Send(sent, type);
            Assert.Null(MessageComparison.FirstDifference(sent, received, $"seed {seed}: {type.Name}"));
        }
    }

    [Theory]
    [InlineData(typeof(ISchedulerActor))]
    [InlineData(typeof(INodeActor))]
    [InlineData(typeof(INodeDoor))]
    [InlineData(typeof(ITaskActor))]
    public void Actor_EveryRequestAndReply_IsListedForSending(Type actor)
    {
        var listed = Listed().ToHashSet();
        var missing = actor.GetMethods()
            .SelectMany(static method => method.GetParameters().Select(static one => one.ParameterType).Append(method.ReturnType.GetGenericArguments()[0]))
            .Where(type => !listed.Contains(type));
        Assert.Empty(missing);
    }

    private static IEnumerable<Type> Listed() =>
        typeof(ActorJson).GetCustomAttributesData()
            .Where(static one => one.AttributeType == typeof(JsonSerializableAttribute))
            .Select(static one => (Type)one.ConstructorArguments[0].Value!);
}
