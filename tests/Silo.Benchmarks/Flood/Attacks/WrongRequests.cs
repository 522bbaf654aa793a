namespace Silo.Benchmarks.Flood.Attacks;

/// <summary>Sends requests that must be refused, one after the other, at a steady pace and each over a connection of its own.</summary>
internal sealed class WrongRequests(string name, IReadOnlyList<ReadOnlyMemory<byte>> requests, int perSecond) : IFloodAttack
{
    /// <summary>Requests that wait for their answers; more are not sent, however slow the server is.</summary>
    private const int InFlightMax = 32;

    public string Name => name;

    public async Task RunAsync(FloodTarget target, FloodTally tally, CancellationToken ended)
    {
        using var pace = new PeriodicTimer(TimeSpan.FromSeconds(1d / perSecond));
        using var places = new SemaphoreSlim(InFlightMax);
        var sent = new List<Task>();
        try
        {
            for (var number = 0; await pace.WaitForNextTickAsync(ended); number++)
            {
                await places.WaitAsync(ended);
                sent.RemoveAll(static one => one.IsCompleted);
                sent.Add(SendAsync(requests[number % requests.Count]));
            }
        }
        catch (OperationCanceledException)
        {
            // The flood is over.
        }

        await Task.WhenAll(sent);

        async Task SendAsync(ReadOnlyMemory<byte> request)
        {
            try
            {
                tally.Count(name, await target.SendAsync(request, ended));
            }
            catch (OperationCanceledException)
            {
                tally.Count(name, FloodTarget.Unanswered);
            }
            finally
            {
                places.Release();
            }
        }
    }
}
