using Silo.Core.Engine;
using Silo.Core.Tasks;
using Silo.Embedded.Turns;

namespace Silo.Embedded.Proxies;

/// <summary>Calls the actor of one task wherever its activation is.</summary>
internal sealed class TaskProxy(ActorDirectory<TaskId, ITaskActor> tasks, TaskId id) : ITaskActor
{
    public Task<TaskStatusReply> ReadAsync(ReadTask request) =>
        tasks.CallAsync(id, request, static (actor, message) => actor.ReadAsync(message));

    public Task<TaskStatusReply> WaitAsync(WaitTask request) =>
        tasks.CallAsync(id, request, static (actor, message) => actor.WaitAsync(message));

    public Task<Acknowledged> NotifyAsync(TaskEvent happened) =>
        tasks.CallAsync(id, happened, static (actor, message) => actor.NotifyAsync(message));
}
