using Silo.Core.Engine;
using Silo.Core.Tasks;
using Silo.Simulation.Kernel;

namespace Silo.Simulation.Network;

/// <summary>A task's actor as another process sees it.</summary>
internal sealed class TaskCalls(SimNetwork network, SimProcess from, TaskId id, IActorDirectory directory) : ITaskActor
{
    public Task<TaskStatusReply> ReadAsync(ReadTask request) => Call("ReadTask", request, static (actor, message) => actor.ReadAsync(message));

    public Task<TaskStatusReply> WaitAsync(WaitTask request) => Call("WaitTask", request, static (actor, message) => actor.WaitAsync(message));

    public Task<Acknowledged> NotifyAsync(TaskEvent happened) => Call("NotifyTask", happened, static (actor, message) => actor.NotifyAsync(message));

    private Task<TReply> Call<TRequest, TReply>(string what, TRequest request, Func<ITaskActor, TRequest, Task<TReply>> serve)
        where TRequest : class
        where TReply : class =>
        network.CallAsync(from, () => directory.FindTask(id), what, request, serve);
}
