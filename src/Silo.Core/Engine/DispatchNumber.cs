namespace Silo.Core.Engine;

/// <summary>How the number that names one sending of an attempt is made; see <see cref="TaskDispatch.Dispatch"/>.</summary>
public static class DispatchNumber
{
    private const int EpochShift = 32;

    /// <param name="epoch">Of the scheduler that sends.</param>
    /// <param name="count">How many it has sent, this one included.</param>
    /// <returns>Below 2^53 for two million epochs, so that a worker whose numbers are doubles gives it back unharmed.</returns>
    public static long Of(long epoch, long count) => (epoch << EpochShift) + count;

    /// <returns>The epoch of the scheduler that sent it.</returns>
    public static long EpochOf(long dispatch) => dispatch >> EpochShift;
}
