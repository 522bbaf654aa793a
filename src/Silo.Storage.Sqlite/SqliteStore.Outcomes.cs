using Silo.Core.Nodes;
using Silo.Core.Storage;
using Silo.Core.Tasks;
using Silo.Storage.Sqlite.Outcomes;

namespace Silo.Storage.Sqlite;

/// <content>The store as a node uses it.</content>
public sealed partial class SqliteStore
{
    /// <inheritdoc/>
    public Task<IReadOnlyList<RecordedOutcome>> RecordAsync(NodeFence fence, IReadOnlyList<TaskOutcome> outcomes, CancellationToken cancellationToken) =>
        WriteAsync(outcomes.Count, transaction => RecordOutcomes.Execute(transaction, fence, outcomes), cancellationToken);

    /// <inheritdoc/>
    public Task<bool> MarkRunningAsync(NodeFence fence, IReadOnlyList<TaskStart> starts, CancellationToken cancellationToken) =>
        WriteAsync(starts.Count, transaction => MarkRunning.Execute(transaction, fence, starts), cancellationToken);
}
