namespace Silo.Core.Engine;

/// <summary>How an engine settles which scheduler is to act, and puts another one in the place of one that has stepped down.</summary>
public interface ISchedulerSuccession
{
    /// <summary>Ends when a scheduler of this process may take the epoch of the pool. At once where nothing but the epoch is needed.</summary>
    Task WhenOursAsync(string pool, CancellationToken cancellationToken);

    /// <summary>The scheduler of this pool will never act again. Called once, on its own turn, so it must not wait for that turn to end.</summary>
    void SteppedDown(string pool);
}
