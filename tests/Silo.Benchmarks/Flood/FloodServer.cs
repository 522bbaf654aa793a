using System.Globalization;
using Silo.Cli.Processes;

namespace Silo.Benchmarks.Flood;

/// <summary>A real <c>silo up</c> in a temporary folder, watched from outside.</summary>
internal sealed class FloodServer : IAsyncDisposable
{
    private static readonly TimeSpan StartTime = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(50);

    private readonly DirectoryInfo _folder;
    private readonly SiloProcess _process;

    private FloodServer(DirectoryInfo folder, SiloProcess process, FloodTarget target) => (_folder, _process, Target) = (folder, process, target);

    public FloodTarget Target { get; }

    public static async Task<FloodServer> StartAsync(CancellationToken cancellationToken)
    {
        var folder = Directory.CreateTempSubdirectory("silo-flood-");
        var key = Guid.NewGuid().ToString("N");
        var portFile = Path.Join(folder.FullName, "port");
        var process = SiloProcess.Start(
            "server",
            ["up", "--listen", "127.0.0.1:0", "--port-file", portFile, "--data", Path.Join(folder.FullName, "data"), "--slots", "16", "--api-key", key],
            Path.Join(folder.FullName, "log"));
        try
        {
            using var late = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            late.CancelAfter(StartTime);
            while (!File.Exists(portFile))
            {
                if (process.HasExited)
                {
                    throw new InvalidOperationException($"The server ended at its start; it said: {await File.ReadAllTextAsync(Path.Join(folder.FullName, "log"), cancellationToken)}");
                }

                await Task.Delay(Look, late.Token);
            }

            var port = int.Parse(await File.ReadAllTextAsync(portFile, cancellationToken), CultureInfo.InvariantCulture);
            return new FloodServer(folder, process, new FloodTarget(new Uri($"http://127.0.0.1:{port}"), key));
        }
        catch
        {
            await process.DisposeAsync();
            folder.Delete(recursive: true);
            throw;
        }
    }

    /// <summary>Resident memory as the kernel counts it.</summary>
    public long ReadRssMib()
    {
        var line = File.ReadLines($"/proc/{_process.Id}/status").First(line => line.StartsWith("VmRSS:", StringComparison.Ordinal));
        return long.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture) / 1024;
    }

    public async ValueTask DisposeAsync()
    {
        await _process.DisposeAsync();
        _folder.Delete(recursive: true);
    }
}
