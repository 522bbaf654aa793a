using System.Collections.Concurrent;
using Silo.Core.Handlers;
using Silo.Core.Tasks;

namespace Silo.Cluster.Tests.EndToEnd;

/// <summary>What the handlers of a test did on all silos, and the gate that some of them wait at.</summary>
internal sealed class Executions
{
    private readonly ConcurrentQueue<TaskId> _started = new();

    public IReadOnlyList<TaskId> Started => [.. _started];

    /// <summary>Set to let every <c>gate</c> task end.</summary>
    public TaskCompletionSource Gate { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public void Add(TaskContext context) => _started.Enqueue(context.Id);
}

internal sealed record NoPayload;

internal sealed record Attempted(int Attempt);

/// <summary>Notes that it ran.</summary>
internal sealed class CountHandler(Executions executions) : ITaskHandler<NoPayload, Attempted>
{
    public Task<Attempted> RunAsync(NoPayload payload, TaskContext context, CancellationToken cancellationToken)
    {
        executions.Add(context);
        return Task.FromResult(new Attempted(context.Attempt));
    }
}

/// <summary>Notes that it ran and waits at the gate.</summary>
internal sealed class GateHandler(Executions executions) : ITaskHandler<NoPayload, Attempted>
{
    public async Task<Attempted> RunAsync(NoPayload payload, TaskContext context, CancellationToken cancellationToken)
    {
        executions.Add(context);
        context.ReportProgress(50, "at the gate");
        await executions.Gate.Task.WaitAsync(cancellationToken);
        return new Attempted(context.Attempt);
    }
}
