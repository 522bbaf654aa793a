using Silo.Core.Tasks;

namespace Silo.Gateway.Events;

/// <summary>One event as it is kept: written once, for every reader, beside what filters ask of it.</summary>
/// <param name="Block">The event as it goes over the wire, its id and the blank line after it included.</param>
internal sealed record EventEntry(TaskId Task, string? Queue, string? Node, ReadOnlyMemory<byte> Block)
{
    /// <summary>About what an entry takes beside its block.</summary>
    public const int OverheadBytes = 128;

    public int Bytes => Block.Length + OverheadBytes;
}
