namespace Silo.Cluster.Client.Messages;

/// <summary>How messages travel.</summary>
internal sealed class MessageOptions
{
    /// <summary>Copies every message through its written form, also within a process, so that tests find what cannot travel. Default false.</summary>
    public bool CopyOnCall { get; init; }
}
