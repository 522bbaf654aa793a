using System.Runtime.InteropServices;

namespace Silo.Storage.Postgres.Sql;

internal static class ByteArrays
{
    /// <summary>The bytes as a parameter takes them: the array itself when the memory is the whole of one, else a copy.</summary>
    public static byte[] AsArray(this ReadOnlyMemory<byte> bytes) =>
        MemoryMarshal.TryGetArray(bytes, out var segment) && segment is { Offset: 0, Array: { } array } && segment.Count == array.Length ? array : bytes.ToArray();
}
