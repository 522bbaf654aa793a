using System.Globalization;
using Silo.Cli.Processes;

namespace Silo.Benchmarks.Servers;

/// <summary>A server as a process of its own, watched from outside.</summary>
internal sealed class ServerProcess : IAsyncDisposable
{
    private static readonly TimeSpan StartTime = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(50);

    private readonly SiloProcess _process;

    private ServerProcess(SiloProcess process, Uri address) => (_process, Address) = (process, address);

    public int Id => _process.Id;

    /// <summary>Of its API.</summary>
    public Uri Address { get; }

    /// <param name="name">For its files.</param>
    /// <param name="arguments">Verb and options; where it listens is added.</param>
    /// <param name="folder">Gets its log and its port.</param>
    /// <param name="assembly">The program; null for the standalone one.</param>
    /// <exception cref="InvalidOperationException">It ended before it listened; the message has its last words.</exception>
    public static async Task<ServerProcess> StartAsync(
        string name, IEnumerable<string> arguments, DirectoryInfo folder, CancellationToken cancellationToken, string? assembly = null)
    {
        var (portFile, log) = (Path.Join(folder.FullName, $"{name}.port"), Path.Join(folder.FullName, $"{name}.log"));
        var process = SiloProcess.Start(name, [.. arguments, "--listen", "127.0.0.1:0", "--port-file", portFile], log, assembly);
        try
        {
            using var late = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            late.CancelAfter(StartTime);
            while (!File.Exists(portFile))
            {
                if (process.HasExited)
                {
                    throw new InvalidOperationException($"{name} ended at its start; it said: {await File.ReadAllTextAsync(log, cancellationToken)}");
                }

                await Task.Delay(Look, late.Token);
            }

            var port = int.Parse(await File.ReadAllTextAsync(portFile, cancellationToken), CultureInfo.InvariantCulture);
            return new ServerProcess(process, new Uri($"http://127.0.0.1:{port}"));
        }
        catch
        {
            await process.DisposeAsync();
            throw;
        }
    }

    public ValueTask DisposeAsync() => _process.DisposeAsync();
}
