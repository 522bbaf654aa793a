using Silo.Core.Engine;

namespace Silo.Core.Workers;

/// <summary>Puts something between a worker and its door that sees every call and its answer. A host adds one to look over its local worker's shoulder.</summary>
public delegate INodeDoor WatchDoor(INodeDoor door);
