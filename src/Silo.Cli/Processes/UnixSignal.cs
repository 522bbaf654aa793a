using System.ComponentModel;
using System.Runtime.InteropServices;

namespace Silo.Cli.Processes;

/// <summary>Signals that .NET cannot send: freezing a process and letting it go on.</summary>
internal static class UnixSignal
{
    public static void Freeze(int process) => Send(process, OperatingSystem.IsMacOS() ? 17 : 19);

    public static void Thaw(int process) => Send(process, OperatingSystem.IsMacOS() ? 19 : 18);

    public static void Terminate(int process) => Send(process, 15);

    /// <exception cref="Win32Exception">There is no such process, or it is not ours.</exception>
    private static void Send(int process, int signal)
    {
        if (Kill(process, signal) != 0)
        {
            throw new Win32Exception(Marshal.GetLastPInvokeError(), $"Signal {signal} could not be sent to process {process}: {Marshal.GetLastPInvokeErrorMessage()}");
        }
    }

    [DllImport("libc", EntryPoint = "kill", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Kill(int process, int signal);
}
