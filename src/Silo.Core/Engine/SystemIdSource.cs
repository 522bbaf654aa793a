using System.Security.Cryptography;
using Silo.Core.Tasks;

namespace Silo.Core.Engine;

/// <summary>Ids for real processes: UUIDs of version 7 that grow within this process, so that tasks submitted in one millisecond keep their order.</summary>
/// <remarks>RFC 9562, section 6.2, method 1: the 12 bits behind the milliseconds count within one. Safe from any thread.</remarks>
public sealed class SystemIdSource : IIdSource
{
    private const int CountsPerMillisecond = 1 << 12;
    private const int RandomBytesPerId = 8;

    private readonly Lock _gate = new();

    // Asked for in one go: a call of the system's generator costs more than everything else an id needs.
    private readonly byte[] _random = new byte[RandomBytesPerId * 256];
    private int _randomUsed = RandomBytesPerId * 256;
    private long _millisecond;
    private int _count;

    /// <inheritdoc/>
    public TaskId NewTaskId(DateTimeOffset now)
    {
        Span<byte> bytes = stackalloc byte[16];
        long millisecond;
        int count;
        lock (_gate)
        {
            (_millisecond, _count) = Following(now.ToUnixTimeMilliseconds());
            (millisecond, count) = (_millisecond, _count);
            TakeRandom(bytes[RandomBytesPerId..]);
        }

        for (var i = 0; i < 6; i++)
        {
            bytes[i] = (byte)(millisecond >> (8 * (5 - i)));
        }

        bytes[6] = (byte)(0x70 | (count >> 8));
        bytes[7] = (byte)count;
        bytes[8] = (byte)(0x80 | (bytes[8] & 0x3f));
        return new TaskId(new Guid(bytes, bigEndian: true));
    }

    /// <inheritdoc/>
    public string NewInstanceId() => RandomNumberGenerator.GetHexString(16, lowercase: true);

    private void TakeRandom(Span<byte> bytes)
    {
        if (_randomUsed == _random.Length)
        {
            RandomNumberGenerator.Fill(_random);
            _randomUsed = 0;
        }

        _random.AsSpan(_randomUsed, bytes.Length).CopyTo(bytes);
        _randomUsed += bytes.Length;
    }

    // A clock that stands still, or a millisecond that is used up, runs ahead of the clock rather than back.
    private (long Millisecond, int Count) Following(long millisecond)
    {
        if (millisecond > _millisecond)
        {
            return (millisecond, 0);
        }

        return _count + 1 < CountsPerMillisecond ? (_millisecond, _count + 1) : (_millisecond + 1, 0);
    }
}
