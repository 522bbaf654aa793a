using Silo.Core.Engine;

namespace Silo.Cluster.Client.Grains;

/// <summary>The scheduler of one pool, whose name is the key. One activation in the cluster at most times; its authority is its epoch in the store.</summary>
public interface ISchedulerGrain : IGrainWithStringKey, ISchedulerActor;
