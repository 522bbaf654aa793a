using System.Diagnostics;
using System.Text;

namespace Silo.Cli.Processes;

/// <summary>This program, started once more as a process of its own: a server or a worker that can be killed and frozen for real.</summary>
/// <remarks>The child gets a pipe as its standard input and is told to stop when it ends, so it never outlives us, however we end.</remarks>
internal sealed class SiloProcess : IAsyncDisposable
{
    private readonly Process _process;
    private readonly StreamWriter _log;

    private SiloProcess(string name, Process process, StreamWriter log) => (Name, _process, _log) = (name, process, log);

    public string Name { get; }

    public int Id => _process.Id;

    public bool HasExited => _process.HasExited;

    /// <param name="name">For messages.</param>
    /// <param name="arguments">Verb and options.</param>
    /// <param name="logPath">Gets what the child says, on both of its streams.</param>
    /// <param name="assembly">The program; null for this one.</param>
    public static SiloProcess Start(string name, IEnumerable<string> arguments, string logPath, string? assembly = null)
    {
        var start = new ProcessStartInfo { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true };
        var (program, leading) = ThisProgram(assembly);
        start.FileName = program;
        foreach (var argument in leading.Concat(arguments).Append("--stop-with-stdin"))
        {
            start.ArgumentList.Add(argument);
        }

        var log = new StreamWriter(logPath, append: true, Encoding.UTF8) { AutoFlush = true };
        var process = new Process { StartInfo = start };
        process.OutputDataReceived += (_, line) => Write(log, line.Data);
        process.ErrorDataReceived += (_, line) => Write(log, line.Data);
        process.Start();
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        return new SiloProcess(name, process, log);
    }

    /// <summary>kill -9.</summary>
    public void Kill() => _process.Kill();

    public void Freeze() => UnixSignal.Freeze(Id);

    public void Thaw() => UnixSignal.Thaw(Id);

    /// <summary>Asks it to drain and go, as an operator or a container runtime does.</summary>
    public void Terminate() => UnixSignal.Terminate(Id);

    /// <returns>The exit code.</returns>
    public async Task<int> WaitForExitAsync(CancellationToken cancellationToken)
    {
        await _process.WaitForExitAsync(cancellationToken);
        return _process.ExitCode;
    }

    /// <summary>Ends it at once if it is still there; a frozen one too.</summary>
    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            _process.Kill();
        }

        await _process.WaitForExitAsync(CancellationToken.None);
        _process.Dispose();
        lock (_log)
        {
            _log.Dispose();
        }
    }

    /// <summary>The apphost beside our assembly when there is one, else dotnet with the assembly.</summary>
    /// <param name="assembly">The program; null for this one.</param>
    internal static (string Program, string[] Arguments) ThisProgram(string? assembly = null)
    {
        assembly ??= typeof(SiloProcess).Assembly.Location;
        var own = Environment.ProcessPath ?? "dotnet";
        if (Path.GetFileNameWithoutExtension(own) == "dotnet")
        {
            return (own, [assembly]);
        }

        var host = Path.ChangeExtension(assembly, OperatingSystem.IsWindows() ? ".exe" : null);
        return File.Exists(host) ? (host, []) : ("dotnet", [assembly]);
    }

    private static void Write(StreamWriter log, string? line)
    {
        lock (log)
        {
            // The last lines of a process that was disposed of may arrive after its log is closed.
            if (line is not null && log.BaseStream is { CanWrite: true })
            {
                log.WriteLine(line);
            }
        }
    }
}
