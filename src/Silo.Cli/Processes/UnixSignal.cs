using System.ComponentModel;
using System.Runtime.InteropServices;

namespace Silo.Cli.Processes;

/// <summary>Signals to any process of ours, also one that .NET did not start.</summary>
internal static class UnixSignal
{
    public static void Freeze(int process) => Send(process, OperatingSystem.IsMacOS() ? 17 : 19);

    public static void Thaw(int process) => Send(process, OperatingSystem.IsMacOS() ? 19 : 18);

    public static void Terminate(int process) => Send(process, 15);

    public static void Kill(int process) => Send(process, 9);

    /// <exception cref="Win32Exception">There is no such process, or it is not ours.</exception>
    private static void Send(int process, int signal)
    {
        if (SendSignal(process, signal) != 0)
        {
            throw new Win32Exception(Marshal.GetLastPInvokeError(), $"Signal {signal} could not be sent to process {process}: {Marshal.GetLastPInvokeErrorMessage()}");
        }
    }

    [DllImport("libc", EntryPoint = "kill", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int SendSignal(int process, int signal);
}
