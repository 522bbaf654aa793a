using Silo.Core.Storage;

namespace Silo.Conformance.Storage;

/// <summary>A fresh place for the states of actors, and the means to crash it.</summary>
public interface IActorStateHarness : IAsyncDisposable
{
    IActorStateStore States { get; }

    /// <summary>Abandons the store as a killed process would, nothing flushed and nothing said, and opens what it left. The ports are new ones then.</summary>
    Task CrashAndReopenAsync();
}
