using Silo.Core.Engine;

namespace Silo.Cluster.Client.Grains;

/// <summary>One task, by its id: there for every task that was ever submitted, active only while somebody asks about it or while it has run for long.</summary>
public interface ITaskGrain : IGrainWithGuidKey, ITaskActor;
