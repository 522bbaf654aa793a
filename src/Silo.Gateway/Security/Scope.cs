namespace Silo.Gateway.Security;

/// <summary>What a key may do. No scope holds another one: a key that is to do several things has several.</summary>
public enum Scope
{
    /// <summary>See tasks with their payloads and results, queues, nodes and events.</summary>
    Read,

    /// <summary>Submit tasks, and learn of each whether it was stored and how it ended.</summary>
    Submit,

    /// <summary>Change what is there: cancel and retry tasks, set queues, drain and remove nodes.</summary>
    Operate,

    /// <summary>Be a node: take tasks of any type and report their outcomes.</summary>
    Worker,
}
