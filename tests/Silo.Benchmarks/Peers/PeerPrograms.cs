using System.Diagnostics;
using Silo.Testing;

namespace Silo.Benchmarks.Peers;

/// <summary>The engines that Silo is measured beside, installed into a folder of the clone that git ignores.</summary>
/// <param name="Folder">Has the drivers with what they need.</param>
/// <param name="RedisServer">The program.</param>
internal sealed record PeerPrograms(string Folder, string RedisServer)
{
    private const string Drivers = "tests/Silo.Benchmarks/Peers/drivers";
    private const string Installed = "artifacts/peers";

    /// <exception cref="InvalidOperationException">A package could not be had; what the script said is on stderr.</exception>
    public static async Task<PeerPrograms> InstallAsync(CancellationToken cancellationToken)
    {
        var folder = Clone.Combine(Installed);
        var start = new ProcessStartInfo("bash", [Clone.Combine($"{Drivers}/install.sh"), folder]) { RedirectStandardOutput = true };
        using var process = Process.Start(start)!;
        var output = await process.StandardOutput.ReadToEndAsync(cancellationToken);
        await process.WaitForExitAsync(cancellationToken);
        return process.ExitCode == 0
            ? new PeerPrograms(folder, output.Trim())
            : throw new InvalidOperationException($"The peers could not be installed into {folder}: the script ended with code {process.ExitCode}. It needs bash, npm, and apt-get for Redis.");
    }
}
