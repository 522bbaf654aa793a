using Microsoft.Extensions.Logging;

namespace Silo.Cluster.Hosting;

/// <summary>Tells the host that the cluster has declared this silo dead while its process lives: it was frozen or cut off, and what it still holds belongs to others.</summary>
/// <remarks>Orleans would end the process here. The fence in the store already keeps it from recording anything, so the host may as well drop the silo and join again.</remarks>
public sealed class SiloExpulsion(ILogger<SiloExpulsion> logger) : IFatalErrorHandler
{
    private readonly TaskCompletionSource _expelled = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Completes when this silo has no place in the cluster any more.</summary>
    public Task WhenExpelled => _expelled.Task;

    /// <inheritdoc/>
    public bool IsUnexpected(Exception exception) => true;

    /// <inheritdoc/>
    public void OnFatalException(object? sender, string? context, Exception? exception)
    {
        ClusterLog.Expelled(logger, context ?? "", exception);
        _expelled.TrySetResult();
    }
}
