using System.Runtime.InteropServices;

namespace Silo.Cluster.Client.Messages;

/// <summary>Payloads as the serializer writes them fastest.</summary>
internal static class Bytes
{
    /// <summary>Null for none. The array itself where there is one that holds nothing else, since nobody changes a message after sending it.</summary>
    public static byte[]? Of(ReadOnlyMemory<byte> memory)
    {
        if (memory.IsEmpty)
        {
            return null;
        }

        return MemoryMarshal.TryGetArray(memory, out var segment) && segment.Offset == 0 && segment.Count == segment.Array!.Length ? segment.Array : memory.ToArray();
    }
}
