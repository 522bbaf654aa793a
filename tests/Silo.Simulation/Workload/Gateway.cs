using Silo.Core.Engine;
using Silo.Core.Storage;
using Silo.Core.Tasks;
using Silo.Simulation.Kernel;
using Silo.Simulation.Network;
using Silo.Simulation.Processes;

namespace Silo.Simulation.Workload;

/// <summary>The client's way to the server's gateway: every request and answer is a message that may be lost.</summary>
internal sealed class Gateway(SimSystem system, SimProcess client)
{
    /// <summary>Gives tasks their ids at the server, as a gateway does, and stores them.</summary>
    public Task<Submitted> SubmitAsync(IReadOnlyList<Wish> wishes) => CallAsync("submit", wishes, async (server, asked) =>
    {
        var silo = server.Client!;
        var specs = asked.Select(wish => wish.ToSpec(silo.NewTaskId(), silo.Now)).ToList();
        foreach (var (wish, spec) in asked.Zip(specs))
        {
            system.Book.Write(new TaskScript(spec, wish.Behaviour, wish.Duration));
        }

        return new Submitted(specs, await silo.SubmitAsync(specs, CancellationToken.None));
    });

    public Task<IReadOnlyList<CancelAnswer>> CancelAsync(IReadOnlyList<TaskId> ids) =>
        CallAsync("cancel", ids, static (server, asked) => server.Client!.CancelAsync(asked, CancellationToken.None));

    public Task<IReadOnlyList<RetryAnswer>> RetryAsync(IReadOnlyList<TaskId> ids) =>
        CallAsync("retry", ids, static (server, asked) => server.Client!.RetryAsync(asked, CancellationToken.None));

    public Task<TaskStatusReply> WaitAsync(TaskId id, TimeSpan wait) =>
        CallAsync("wait", new Box<TaskId>(id), (server, asked) => server.Client!.WaitAsync(asked.Value, wait, CancellationToken.None));

    public Task<DrainNodeReply> DrainAsync(string node, bool draining) =>
        CallAsync("drain", new Box<bool>(draining), (server, asked) => server.Client!.DrainNodeAsync(node, asked.Value, CancellationToken.None));

    public Task<ForgetNodeReply> ForgetAsync(string node) =>
        CallAsync("forget", node, static (server, asked) => server.Client!.ForgetNodeAsync(asked, CancellationToken.None));

    public Task<SetQueueReply> SetQueueAsync(Silo.Core.Queues.QueueSettings settings) =>
        CallAsync("set queue", settings, static (server, asked) => server.Client!.SetQueueAsync(asked, CancellationToken.None));

    public Task<Box<int>> PruneAsync(TimeSpan olderThan, int limit) => CallAsync("prune", new Box<int>(limit), async (server, asked) =>
        new Box<int>(await server.Store.PruneAsync(server.Client!.Now - olderThan, asked.Value, CancellationToken.None)));

    private Task<TReply> CallAsync<TRequest, TReply>(string what, TRequest request, Func<SimServer, TRequest, Task<TReply>> serve)
        where TRequest : class
        where TReply : class =>
        system.Network.CallAsync(client, Route, what, request, serve, plain: true);

    private Destination<SimServer>? Route()
    {
        var server = system.Servers.Current;
        return server.Process.Alive && server.Client is not null ? new(server.Process, server) : null;
    }
}

/// <summary>A value as a message.</summary>
internal sealed record Box<T>(T Value);

/// <param name="Specs">As they were sent to the store.</param>
/// <param name="Answers">One for each.</param>
internal sealed record Submitted(IReadOnlyList<TaskSpec> Specs, IReadOnlyList<InsertAnswer> Answers);
