using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Silo.Benchmarks.Measuring;

namespace Silo.Benchmarks.Peers;

/// <summary>A throwaway Redis that syncs its log at every write, as durable as PostgreSQL's commits are.</summary>
internal sealed class RedisServer : IAsyncDisposable
{
    /// <summary>The settings that make it durable.</summary>
    public static readonly IReadOnlyList<string> Durability = ["--appendonly", "yes", "--appendfsync", "always", "--save", ""];

    private static readonly TimeSpan StartLimit = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan PollInterval = TimeSpan.FromMilliseconds(20);

    private readonly Process _process;
    private readonly DirectoryInfo _folder;
    private readonly int _port;

    private RedisServer(Process process, DirectoryInfo folder, int port) => (_process, _folder, _port) = (process, folder, port);

    public string Url => $"redis://127.0.0.1:{_port}";

    public ProcessTree Processes => new(_process.Id);

    /// <exception cref="TimeoutException">It took no connection in time.</exception>
    public static async Task<RedisServer> StartAsync(string program, CancellationToken cancellationToken)
    {
        var folder = Directory.CreateTempSubdirectory("silo-redis-");
        var port = FreePort();
        var start = new ProcessStartInfo(program, ["--port", $"{port}", "--bind", "127.0.0.1", "--dir", folder.FullName, .. Durability]) { RedirectStandardOutput = true };
        var process = Process.Start(start)!;
        // Its log; a full pipe would stop it.
        process.OutputDataReceived += static (_, _) => { };
        process.BeginOutputReadLine();
        var server = new RedisServer(process, folder, port);
        var began = Stopwatch.GetTimestamp();
        while (!await TakesConnectionsAsync(port, cancellationToken))
        {
            if (process.HasExited || Stopwatch.GetElapsedTime(began) > StartLimit)
            {
                await server.DisposeAsync();
                throw new TimeoutException($"{program} took no connection on port {port} within {StartLimit.TotalSeconds} s.");
            }

            await Task.Delay(PollInterval, cancellationToken);
        }

        return server;
    }

    public async ValueTask DisposeAsync()
    {
        _process.Kill();
        await _process.WaitForExitAsync();
        _process.Dispose();
        _folder.Delete(recursive: true);
    }

    private static async Task<bool> TakesConnectionsAsync(int port, CancellationToken cancellationToken)
    {
        using var socket = new TcpClient();
        try
        {
            await socket.ConnectAsync(IPAddress.Loopback, port, cancellationToken);
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
