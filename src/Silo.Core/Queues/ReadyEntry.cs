using Silo.Core.Tasks;

namespace Silo.Core.Queues;

/// <summary>A waiting task in memory, and the lane it stands in.</summary>
internal sealed class ReadyEntry(WaitingTask task, ShapeLane lane)
{
    /// <summary>What a task weighs beside its payload, roughly: its records, strings and places in the indexes.</summary>
    private const int OverheadBytes = 512;

    public WaitingTask Task { get; } = task;

    public ShapeLane Lane { get; } = lane;

    public ReadyKey Key { get; } = task.Spec.Key;

    public long Bytes => BytesOf(Task);

    public static long BytesOf(WaitingTask task) => OverheadBytes + task.Spec.Payload.Length;
}
