using Orleans.Concurrency;
using Silo.Cluster.Client.Grains;
using Silo.Gateway.Tasks;

namespace Silo.Server.Clients;

/// <summary>The gateway's rules for programs that are Orleans clients.</summary>
[StatelessWorker]
[Reentrant]
internal sealed class TaskApiGrain(TaskApi api) : Grain, ITaskApiGrain
{
    public async Task<TaskApiReply> SubmitAsync(byte[] tasks) => Sent(await api.SubmitAsync(tasks, CancellationToken.None));

    public async Task<TaskApiReply> CancelAsync(string task) => Sent(await api.CancelAsync(task, CancellationToken.None));

    private static TaskApiReply Sent(ApiReply reply) => new(reply.Status, reply.Json.ToArray());
}
