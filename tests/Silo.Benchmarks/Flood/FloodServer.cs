using System.Globalization;
using Silo.Benchmarks.Servers;

namespace Silo.Benchmarks.Flood;

/// <summary>A real <c>silo up</c> in a temporary folder, watched from outside.</summary>
internal sealed class FloodServer : IAsyncDisposable
{
    private readonly DirectoryInfo _folder;
    private readonly ServerProcess _process;

    private FloodServer(DirectoryInfo folder, ServerProcess process, string key) => (_folder, _process, Target) = (folder, process, new FloodTarget(process.Address, key));

    public FloodTarget Target { get; }

    public static async Task<FloodServer> StartAsync(CancellationToken cancellationToken)
    {
        var folder = Directory.CreateTempSubdirectory("silo-flood-");
        var key = Guid.NewGuid().ToString("N");
        try
        {
            string[] arguments = ["up", "--data", Path.Join(folder.FullName, "data"), "--slots", "16", "--api-key", key];
            return new FloodServer(folder, await ServerProcess.StartAsync("server", arguments, folder, cancellationToken), key);
        }
        catch
        {
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
