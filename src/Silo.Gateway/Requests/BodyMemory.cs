namespace Silo.Gateway.Requests;

/// <summary>Counts what the bodies of all requests take in memory at once, so that many large ones cannot take it all. Small ones need not ask: they are bounded by the number of
/// connections, and get through while large ones are refused.</summary>
internal sealed class BodyMemory(GatewayOptions options)
{
    /// <summary>What a request may hold without asking.</summary>
    public const int FreeBytes = 16 * 1024;

    private long _held;

    /// <summary>What all requests hold together, less what each may hold without asking.</summary>
    public long HeldBytes => Interlocked.Read(ref _held);

    public BodyHold Open() => new(this);

    private bool TryTake(long bytes)
    {
        if (Interlocked.Add(ref _held, bytes) <= options.BodiesBytesMax)
            return true;
        Interlocked.Add(ref _held, -bytes);
        return false;
    }

    /// <summary>The part of one request. One thread at a time.</summary>
    internal sealed class BodyHold(BodyMemory memory) : IDisposable
    {
        private long _held;

        /// <summary>Says how much the request holds now, all in all.</summary>
        /// <returns>Whether it may; when not, what it held before still counts.</returns>
        public bool TryHold(long bytes)
        {
            var wanted = Math.Max(0, bytes - FreeBytes);
            if (wanted > _held && !memory.TryTake(wanted - _held))
                return false;
            if (wanted < _held)
                Interlocked.Add(ref memory._held, wanted - _held);
            _held = wanted;
            return true;
        }

        public void Dispose() => TryHold(0);
    }
}
