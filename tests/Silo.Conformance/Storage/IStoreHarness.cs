using Silo.Core.Storage;

namespace Silo.Conformance.Storage;

/// <summary>A fresh store of one engine. The suite asks for nothing else: no clock of its own, no look into tables.</summary>
public interface IStoreHarness : IActorStateHarness
{
    ITaskStore Tasks { get; }

    ISchedulerStore Scheduler { get; }

    IOutcomeStore Outcomes { get; }
}
