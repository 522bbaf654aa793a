using Silo.Core.Storage;

namespace Silo.Conformance.Storage;

/// <summary>A fresh store of one engine, and the means to crash it. The suite asks for nothing else: no clock of its own, no look into tables.</summary>
public interface IStoreHarness : IAsyncDisposable
{
    ITaskStore Tasks { get; }

    ISchedulerStore Scheduler { get; }

    IOutcomeStore Outcomes { get; }

    /// <summary>Abandons the store as a killed process would, nothing flushed and nothing said, and opens what it left. The ports are new ones then.</summary>
    Task CrashAndReopenAsync();
}
