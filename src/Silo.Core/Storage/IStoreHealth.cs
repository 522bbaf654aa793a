namespace Silo.Core.Storage;

/// <summary>A store that notices by itself when it takes no writes, so that a probe of this process can say so. One that is known otherwise to take them has none.</summary>
public interface IStoreHealth
{
    /// <summary>Whether the last write was stored; when it was not, because the disk is full or away, tries one that leaves nothing behind.</summary>
    Task<bool> TakesWritesAsync(CancellationToken cancellationToken);
}
