using Silo.Core.Tasks;

namespace Silo.Core.Scheduling;

/// <summary>Ids of young tasks that are known by another way than their submit notice, so that a notice which comes late does not start them once more.
/// Forgets an id after one to two spans; older notices are not believed but read back.</summary>
internal sealed class RecentIds(TimeProvider time)
{
    public static readonly TimeSpan Span = TimeSpan.FromSeconds(10);

    private HashSet<TaskId> _newer = [];
    private HashSet<TaskId> _older = [];
    private long _turnedAt = time.GetTimestamp();

    public void Add(TaskId id)
    {
        if (time.GetElapsedTime(_turnedAt) >= Span)
        {
            (_newer, _older) = ([], _newer);
            _turnedAt = time.GetTimestamp();
        }

        _newer.Add(id);
    }

    public bool Contains(TaskId id) => _newer.Contains(id) || _older.Contains(id);

    /// <summary>Whether an id was made so lately that a notice about it can be believed without reading it back.</summary>
    public static bool IsYoung(TaskId id, DateTimeOffset now) => Math.Abs(AgeOf(id, now)) < Span.TotalMilliseconds / 2;

    /// <summary>Whether a notice about an id may be believed, now or later: one that seems to be of the future becomes young when this clock, which may lag, has caught up.</summary>
    public static bool MayBecomeYoung(TaskId id, DateTimeOffset now) => AgeOf(id, now) < Span.TotalMilliseconds / 2;

    private static double AgeOf(TaskId id, DateTimeOffset now)
    {
        // The first 48 bits of a version 7 UUID are Unix milliseconds (RFC 9562, section 5.7).
        Span<byte> bytes = stackalloc byte[16];
        id.Value.TryWriteBytes(bytes, bigEndian: true, out _);
        var milliseconds = System.Buffers.Binary.BinaryPrimitives.ReadInt64BigEndian(bytes) >>> 16;
        return now.ToUnixTimeMilliseconds() - milliseconds;
    }
}
