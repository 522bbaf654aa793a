using Silo.Cluster.Client.Grains;
using Silo.Core.Engine;

namespace Silo.Cluster.Client;

/// <summary>Says in Core's words that a call was not answered, so that nobody above has to know what hosts an actor.</summary>
/// <remarks>A call in flight to a silo that dies is answered only when the cluster declares it dead: whether it was done is unknown, not that it was not.</remarks>
internal sealed class UnansweredCalls : IOutgoingGrainCallFilter
{
    public async Task Invoke(IOutgoingGrainCallContext context)
    {
        try
        {
            await context.Invoke();
        }
        catch (Exception problem) when (problem is OrleansException or TimeoutException && IsActor(context.Grain))
        {
            throw new ActorUnavailableException($"{context.InterfaceName}.{context.MethodName} was not answered, so what it asked may or may not have been done: {problem.Message}", problem);
        }
    }

    private static bool IsActor(object grain) => grain is ISchedulerActor or INodeActor or ITaskActor or ITaskApiGrain;
}
