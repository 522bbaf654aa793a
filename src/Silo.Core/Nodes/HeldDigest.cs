using Silo.Core.Tasks;

namespace Silo.Core.Nodes;

/// <summary>Count and order-free hash of a set of (task, attempt): two parties that hold the same have the same digest.</summary>
public readonly record struct HeldDigest(int Count, ulong Hash)
{
    public HeldDigest With(TaskId id, int attempt) => new(Count + 1, Hash ^ Mix(id, attempt));

    public HeldDigest Without(TaskId id, int attempt) => new(Count - 1, Hash ^ Mix(id, attempt));

    /// <summary>The finaliser of MurmurHash3 over both halves of the id and the attempt.</summary>
    private static ulong Mix(TaskId id, int attempt)
    {
        Span<byte> bytes = stackalloc byte[16];
        id.Value.TryWriteBytes(bytes, bigEndian: true, out _);
        var high = System.Buffers.Binary.BinaryPrimitives.ReadUInt64BigEndian(bytes);
        var low = System.Buffers.Binary.BinaryPrimitives.ReadUInt64BigEndian(bytes[8..]);
        return Finalise(high ^ Finalise(low ^ Finalise((ulong)attempt)));
    }

    private static ulong Finalise(ulong value)
    {
        value = (value ^ (value >> 33)) * 0xff51afd7ed558ccdUL;
        value = (value ^ (value >> 33)) * 0xc4ceb9fe1a85ec53UL;
        return value ^ (value >> 33);
    }
}
