using System.ComponentModel;
using System.Diagnostics;
using Silo.Cli.Processes;

namespace Silo.Cli.Workers.Running;

/// <summary>A worker of this manager: a child of it, or one that a manager before it has started.</summary>
internal sealed class WorkerProcess
{
    /// <summary>How often one is looked at that is not ours to wait for.</summary>
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(250);

    private readonly Process? _child;
    private readonly ProcessIdentity? _adopted;

    private WorkerProcess(string name, int id, Process? child, ProcessIdentity? adopted) => (Name, Id, _child, _adopted) = (name, id, child, adopted);

    public string Name { get; }

    public int Id { get; }

    public static WorkerProcess OfChild(string name, Process child) => new(name, child.Id, child, adopted: null);

    public static WorkerProcess Adopt(LivingWorker living) => new(living.Name, living.Process.Id, child: null, living.Process);

    /// <returns>The exit code when it has ended; null for that of an adopted one, which only its parent is told.</returns>
    public async Task<int?> WaitForEndAsync(CancellationToken cancellationToken)
    {
        if (_child is not null)
        {
            await _child.WaitForExitAsync(cancellationToken);
            return _child.ExitCode;
        }

        while (IsAlive)
        {
            await Task.Delay(Look, cancellationToken);
        }

        return null;
    }

    public void Terminate() => Signal(UnixSignal.Terminate);

    public void Kill() => Signal(UnixSignal.Kill);

    private bool IsAlive => _child is not null ? !_child.HasExited : _adopted!.Value.IsAlive;

    private void Signal(Action<int> send)
    {
        try
        {
            if (IsAlive)
            {
                send(Id);
            }
        }
        catch (Win32Exception) when (!IsAlive)
        {
            // It ended in this moment, which is what the signal was for.
        }
    }
}
