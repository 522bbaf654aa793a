using Silo.Core.Nodes;
using Silo.Core.Storage;
using Silo.Core.Tasks;
using Silo.Storage.Postgres.Outcomes;

namespace Silo.Storage.Postgres;

/// <content>The store as a node uses it.</content>
public sealed partial class PostgresStore
{
    /// <inheritdoc/>
    public async Task<IReadOnlyList<RecordedOutcome>> RecordAsync(NodeFence fence, IReadOnlyList<TaskOutcome> outcomes, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(outcomes);
        var operation = new RecordOperation(fence, outcomes, cancellationToken);
        await _outcomes.EnqueueAsync(operation, cancellationToken);
        await operation.Done;
        return operation.Answers;
    }

    /// <inheritdoc/>
    public async Task<bool> MarkRunningAsync(NodeFence fence, IReadOnlyList<TaskStart> starts, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(starts);
        var operation = new MarkOperation(fence, starts, cancellationToken);
        await _outcomes.EnqueueAsync(operation, cancellationToken);
        await operation.Done;
        return operation.Alive;
    }
}
