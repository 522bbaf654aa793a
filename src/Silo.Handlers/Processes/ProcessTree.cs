using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;

namespace Silo.Handlers.Processes;

/// <summary>All processes that a program has started, and theirs, however they were detached.</summary>
/// <remarks>
/// A process is of the tree when it is in the session that the program leads, or carries the tree's mark in its environment. Following parents would lose
/// a process whose parent has ended; the session alone would lose a daemon, which starts its own; the mark alone one that was started with a cleared environment.
/// What has both cleared its environment and started its own session is not found: only a container or a cgroup holds such a program.
/// </remarks>
internal sealed class ProcessTree(int root, string mark)
{
    /// <summary>Variable of the mark.</summary>
    public const string MarkVariable = "SILO_PROCESS_MARK";

    private const int SigKill = 9;
    private const int SigTerm = 15;
    private const int NoHang = 1;
    private const int RoundsMax = 500;
    private static readonly TimeSpan RoundTime = TimeSpan.FromMilliseconds(10);
    private readonly byte[] _mark = Encoding.ASCII.GetBytes($"{MarkVariable}={mark}");

    /// <summary>Asks all of them to end.</summary>
    public void Terminate()
    {
        foreach (var process in Living())
            Signal(process, SigTerm);
    }

    /// <summary>Kills all of them, again and again until none is left that could have started another.</summary>
    /// <returns>The processes that are still there, such as one that the kernel holds in a write; empty when all have ended.</returns>
    public async Task<IReadOnlyCollection<int>> KillAsync()
    {
        for (var round = 0; ; round++)
        {
            var living = Living();
            if (living.Count == 0 || round == RoundsMax)
                return living;
            foreach (var process in living)
                Signal(process, SigKill);
            // Processes end in the kernel's time, not in that of a clock that a test holds.
            await Task.Delay(RoundTime, TimeProvider.System);
            foreach (var process in living)
                Reap(process);
        }
    }

    private List<int> Living()
    {
        var living = new List<int>();
        foreach (var folder in Directory.EnumerateDirectories("/proc"))
        {
            if (int.TryParse(Path.GetFileName(folder), NumberStyles.None, CultureInfo.InvariantCulture, out var process) && process != Environment.ProcessId && IsOfTree(folder))
                living.Add(process);
        }

        return living;
    }

    private bool IsOfTree(string folder)
    {
        try
        {
            // The second field is the program's name in parentheses and may contain anything, parentheses too.
            var stat = File.ReadAllText($"{folder}/stat");
            var fields = stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
            if (fields[0] is "Z" or "X")
                return false;
            return fields[3] == root.ToString(CultureInfo.InvariantCulture) || File.ReadAllBytes($"{folder}/environ").AsSpan().IndexOf(_mark) >= 0;
        }
        catch (Exception gone) when (gone is IOException or UnauthorizedAccessException)
        {
            // It has ended meanwhile, or belongs to another user and so is none of ours.
            return false;
        }
    }

    /// <summary>One that has ended meanwhile is what was wanted, so the answer says nothing.</summary>
    private static void Signal(int process, int signal) => _ = Kill(process, signal);

    /// <summary>Where this process is the one to which orphans fall (process 1 of a container), nobody else would take their exit codes.</summary>
    private void Reap(int process)
    {
        // The program itself is waited for by who started it.
        if (process != root)
            _ = WaitPid(process, IntPtr.Zero, NoHang);
    }

    [DllImport("libc", EntryPoint = "kill")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Kill(int process, int signal);

    [DllImport("libc", EntryPoint = "waitpid")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int WaitPid(int process, IntPtr status, int options);
}
