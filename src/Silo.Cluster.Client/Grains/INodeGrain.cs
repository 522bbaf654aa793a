using Silo.Core.Engine;

namespace Silo.Cluster.Client.Grains;

/// <summary>The door of one node, whose name is the key. The node of a silo is named like it and lives there.</summary>
public interface INodeGrain : IGrainWithStringKey, INodeActor;
