namespace Silo.Gateway.Requests;

/// <summary>Lets few requests at a time have much text taken apart, so that those with little to say find a processor free.</summary>
internal sealed class ReadingTurns : IDisposable
{
    /// <summary>Half of the processors.</summary>
    public static readonly int TurnsMax = Math.Max(1, Environment.ProcessorCount / 2);

    private readonly SemaphoreSlim _turns = new(TurnsMax);

    public Task WaitAsync(CancellationToken cancellationToken) => _turns.WaitAsync(cancellationToken);

    public void Release() => _turns.Release();

    public void Dispose() => _turns.Dispose();
}
