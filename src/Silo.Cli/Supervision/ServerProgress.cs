using Silo.Core.Workers;

namespace Silo.Cli.Supervision;

/// <summary>What a server proves when it is asked whether it makes progress: that a request of its own is answered, and that its node takes turns.</summary>
/// <remarks>Nothing that others could stop: neither the store nor another server is asked, or their outage would restart this one too.</remarks>
internal sealed class ServerProgress(Uri address, LocalWorker worker) : IDisposable
{
    private readonly HttpClient _http = new(new SocketsHttpHandler { UseProxy = false }) { BaseAddress = Reachable(address) };

    public async Task ProveAsync()
    {
        using var answer = await _http.GetAsync("/health/live");
        answer.EnsureSuccessStatusCode();
        await worker.ReadStatusAsync();
    }

    public void Dispose() => _http.Dispose();

    /// <summary>A server on every address is asked on the loopback one.</summary>
    private static Uri Reachable(Uri address) => address.Host switch
    {
        "0.0.0.0" => new UriBuilder(address) { Host = "127.0.0.1" }.Uri,
        "[::]" => new UriBuilder(address) { Host = "[::1]" }.Uri,
        _ => address,
    };
}
