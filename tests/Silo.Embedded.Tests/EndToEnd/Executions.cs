using System.Collections.Concurrent;
using Silo.Core.Handlers;
using Silo.Core.Tasks;

namespace Silo.Embedded.Tests.EndToEnd;

/// <summary>One start of a handler.</summary>
internal readonly record struct Execution(TaskId Id, int Attempt, DateTimeOffset At);

/// <summary>What the handlers of a test did, told by themselves, and the gate that some of them wait at.</summary>
internal sealed class Executions
{
    private readonly ConcurrentQueue<Execution> _started = new();

    public IReadOnlyList<Execution> Started => [.. _started];

    /// <summary>Set to let every <c>gate</c> task end.</summary>
    public TaskCompletionSource Gate { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public void Add(TaskContext context) => _started.Enqueue(new Execution(context.Id, context.Attempt, context.Time.GetUtcNow()));
}

/// <param name="Failures">Attempts that fail before one succeeds.</param>
internal sealed record CountPayload(int Failures = 0);

internal sealed record CountResult(int Attempt);

/// <summary>Notes that it ran.</summary>
internal sealed class CountHandler(Executions executions) : ITaskHandler<CountPayload, CountResult>
{
    public Task<CountResult> RunAsync(CountPayload payload, TaskContext context, CancellationToken cancellationToken)
    {
        executions.Add(context);
        return context.Attempt <= payload.Failures
            ? throw new TaskFailedException("asked_for", "This attempt was asked to fail.", retry: true)
            : Task.FromResult(new CountResult(context.Attempt));
    }
}

/// <summary>Notes that it ran and waits at the gate.</summary>
internal sealed class GateHandler(Executions executions) : ITaskHandler<CountPayload, CountResult>
{
    public async Task<CountResult> RunAsync(CountPayload payload, TaskContext context, CancellationToken cancellationToken)
    {
        executions.Add(context);
        await executions.Gate.Task.WaitAsync(cancellationToken);
        return new CountResult(context.Attempt);
    }
}
