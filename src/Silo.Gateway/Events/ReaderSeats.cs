namespace Silo.Gateway.Events;

/// <summary>Counts those who hold a stream open, so that they cannot take every connection.</summary>
internal sealed class ReaderSeats(GatewayOptions options)
{
    private int _taken;

    /// <returns>To be given back at the end; null when every seat is taken.</returns>
    public IDisposable? TryTake()
    {
        if (Interlocked.Increment(ref _taken) <= options.EventReadersMax)
            return new Seat(this);
        Interlocked.Decrement(ref _taken);
        return null;
    }

    private sealed class Seat(ReaderSeats seats) : IDisposable
    {
        private int _left;

        public void Dispose()
        {
            if (Interlocked.Exchange(ref _left, 1) == 0)
                Interlocked.Decrement(ref seats._taken);
        }
    }
}
