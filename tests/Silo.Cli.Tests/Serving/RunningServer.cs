using System.Globalization;
using System.Net;
using Silo.Cli.Processes;
using Silo.Client;
using Silo.Testing;

namespace Silo.Cli.Tests.Serving;

/// <summary>A real <c>silo up</c> process on a free port, killed at the end whatever happens.</summary>
internal sealed class RunningServer : IAsyncDisposable
{
    private static readonly TimeSpan StartLimit = TimeSpan.FromSeconds(120);

    private RunningServer(SiloProcess process, int port) => (Process, Address, Client) = (process, $"http://127.0.0.1:{port}", new SiloHttpClient(new Uri($"http://127.0.0.1:{port}")));

    public SiloProcess Process { get; }

    public string Address { get; }

    public SiloHttpClient Client { get; }

    public static async Task<RunningServer> StartAsync(TemporaryFolder folder, params string[] options)
    {
        var portFile = folder.Combine("port");
        File.Delete(portFile);
        string[] store = options.Contains("--store") ? [] : ["--data", folder.Combine("data")];
        var process = SiloProcess.Start(
            "server", ["up", "--listen", "127.0.0.1:0", "--port-file", portFile, .. store, .. options], folder.Combine("server.log"));
        try
        {
            await Await.Until(() => File.Exists(portFile) || process.HasExited, StartLimit, "silo up to listen");
            return new RunningServer(process, int.Parse(await File.ReadAllTextAsync(portFile), CultureInfo.InvariantCulture));
        }
        catch
        {
            await process.DisposeAsync();
            throw;
        }
    }

    /// <summary>It listens before its scheduler has taken over; afterwards it does its work.</summary>
    public Task UntilReadyAsync() => Await.Until(IsReadyAsync, StartLimit, "the server to schedule");

    public async Task<bool> IsReadyAsync()
    {
        try
        {
            await Client.CheckReadyAsync();
            return true;
        }
        catch (SiloApiException refused) when (refused.Status == HttpStatusCode.ServiceUnavailable)
        {
            return false;
        }
    }

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await Process.DisposeAsync();
    }
}
