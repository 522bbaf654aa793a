namespace Silo.Core.Engine;

/// <summary>An actor that has something to begin and to end. Both calls run on the actor's own scheduler, as its turns do.</summary>
public interface IActorLifecycle
{
    /// <summary>Runs before the first call is let in. When it throws, the waiting calls fail with its exception and the next call makes a new actor.</summary>
    /// <param name="cancellationToken">Cancelled when the engine stops.</param>
    Task StartAsync(CancellationToken cancellationToken);

    /// <summary>Runs when the engine stops in order, after which no call is let in; a crash skips it.</summary>
    Task StopAsync();
}
