using Silo.Cli.Processes;
using Silo.Client;

namespace Silo.Cluster.Tests.Processes;

/// <summary>One silo of a test.</summary>
internal sealed class ServerProcess(SiloProcess process, ServerPorts ports) : IAsyncDisposable
{
    private SiloHttpClient? _client;
    private Uri? _address;
    private bool _frozen;

    public ServerPorts Ports => ports;

    public SiloHttpClient Client => _client ?? throw new InvalidOperationException($"{process.Name} does not listen yet.");

    public Uri Address => _address ?? throw new InvalidOperationException($"{process.Name} does not listen yet.");

    /// <summary>Whether it can be asked something.</summary>
    public bool IsUp => _client is not null && !_frozen && !process.HasExited;

    /// <param name="apiKey">Null where none is asked for.</param>
    public void Listens(Uri address, string? apiKey)
    {
        _address = address;
        _client = new SiloHttpClient(address, apiKey) { CallTimeout = TimeSpan.FromSeconds(5) };
    }

    /// <summary>kill -9.</summary>
    public void Kill() => process.Kill();

    public void Freeze()
    {
        _frozen = true;
        process.Freeze();
    }

    public void Thaw()
    {
        process.Thaw();
        _frozen = false;
    }

    /// <summary>Lets it leave in order.</summary>
    /// <returns>Its exit code.</returns>
    public async Task<int> TerminateAsync()
    {
        _frozen = true;
        process.Terminate();
        return await process.WaitForExitAsync(CancellationToken.None);
    }

    public async ValueTask DisposeAsync()
    {
        _client?.Dispose();
        await process.DisposeAsync();
    }
}
