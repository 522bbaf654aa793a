namespace Silo.Core.Scheduling;

/// <summary>Counts the silence of nodes by the scheduler's own ticks, and only while the store answers: neither a stalled store nor a stopped scheduler makes
/// live nodes look dead (rule 13). Pure.</summary>
internal sealed class NodeWatch(SchedulerOptions options, TimeProvider time)
{
    private long _tickedAt = time.GetTimestamp();
    private long _storeSeenAt = time.GetTimestamp();

    public void StoreAnswered() => _storeSeenAt = time.GetTimestamp();

    public bool StoreReachable => time.GetElapsedTime(_storeSeenAt) <= options.StoreProbe * 2;

    /// <summary>The silence that this tick adds: at most two ticks' worth, however long the scheduler was away.</summary>
    public TimeSpan Tick()
    {
        var elapsed = time.GetElapsedTime(_tickedAt);
        _tickedAt = time.GetTimestamp();
        if (!StoreReachable)
            return TimeSpan.Zero;
        return elapsed < options.Tick * 2 ? elapsed : options.Tick * 2;
    }

    /// <summary>A node that beats slowly is given five of its beats.</summary>
    public bool IsDead(NodeState node)
    {
        var patience = node.Registration.BeatInterval * 5;
        return node.Silence > (patience > options.Lease ? patience : options.Lease);
    }
}
