using System.Diagnostics;
using System.Text;

namespace Silo.Handlers.Processes;

/// <summary>One run of a program, from its start to the end of its last process.</summary>
internal sealed class ProgramRun : IDisposable
{
    private const int ReadBytes = 16 * 1024;
    private static readonly TimeSpan PipeTime = TimeSpan.FromSeconds(2);
    private readonly Process _process;
    private readonly ProcessTree _tree;

    /// <exception cref="System.ComponentModel.Win32Exception">The system starts no process.</exception>
    public ProgramRun(ProcessStartInfo start, int outputBytesMax)
    {
        var mark = Guid.NewGuid().ToString("N");
        start.Environment[ProcessTree.MarkVariable] = mark;
        (Output, Error) = (new OutputTail(outputBytesMax), new OutputTail(outputBytesMax));
        _process = Process.Start(start)!;
        _tree = new ProcessTree(_process.Id, mark);
    }

    public OutputTail Output { get; }

    public OutputTail Error { get; }

    /// <summary>Runs until the program has ended, and ends what it has left behind.</summary>
    /// <param name="grace">From SIGTERM to SIGKILL when it is cancelled.</param>
    /// <param name="leftOver">Told the processes that cannot be killed.</param>
    /// <returns>The exit code, or 128 plus the signal.</returns>
    /// <exception cref="OperationCanceledException">Cancelled, and all processes have ended.</exception>
    public async Task<int> RunAsync(string? input, TimeSpan grace, TimeProvider time, Action<IReadOnlyCollection<int>> leftOver, CancellationToken cancellationToken)
    {
        var streams = Task.WhenAll(WriteAsync(input), ReadAsync(_process.StandardOutput.BaseStream, Output), ReadAsync(_process.StandardError.BaseStream, Error));
        try
        {
            await _process.WaitForExitAsync(cancellationToken);
        }
        catch (OperationCanceledException)
        {
            _tree.Terminate();
            await WaitAtMostAsync(grace, time);
            throw;
        }
        finally
        {
            if (await _tree.KillAsync() is { Count: > 0 } living)
                leftOver(living);
            else
                await _process.WaitForExitAsync(CancellationToken.None);
            await CloseAsync(streams);
        }

        return _process.ExitCode;
    }

    public void Dispose() => _process.Dispose();

    private async Task WaitAtMostAsync(TimeSpan grace, TimeProvider time)
    {
        using var over = new CancellationTokenSource(grace, time);
        try
        {
            await _process.WaitForExitAsync(over.Token);
        }
        catch (OperationCanceledException)
        {
            // The grace is over: what follows kills.
        }
    }

    /// <summary>The pipes end with the last process that holds them; one that has escaped, or that cannot be killed, may hold them for ever.</summary>
    private static async Task CloseAsync(Task streams)
    {
        try
        {
            await streams.WaitAsync(PipeTime, TimeProvider.System);
        }
        catch (TimeoutException)
        {
            // What has come until now is the output.
        }
    }

    private async Task WriteAsync(string? input)
    {
        try
        {
            await using var stream = _process.StandardInput.BaseStream;
            await stream.WriteAsync(Encoding.UTF8.GetBytes(input ?? ""));
        }
        catch (IOException)
        {
            // A program need not read all of its input.
        }
    }

    private static async Task ReadAsync(Stream stream, OutputTail tail)
    {
        var buffer = new byte[ReadBytes];
        while (await stream.ReadAsync(buffer) is var read and > 0)
        {
            lock (tail)
            {
                tail.Add(buffer.AsSpan(0, read));
            }
        }
    }
}
