using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Silo.Handlers;

/// <summary>Opens files without waiting for anybody at their other end.</summary>
internal static class RegularFile
{
    /// <summary>What open(2) answers for a socket, on Linux and macOS.</summary>
    private const int NoSuchDevice = 6;

    /// <summary>O_RDONLY, O_NONBLOCK, O_NOCTTY and O_CLOEXEC.</summary>
    private static readonly int Flags = OperatingSystem.IsMacOS() ? 0x4 | 0x20000 | 0x1000000 : 0x800 | 0x100 | 0x80000;

    /// <summary>Opens for reading what has a size. A named pipe, opened plainly, would block until a writer comes, and no cancellation would reach the handler.</summary>
    /// <returns>Null for a pipe, a socket or a terminal.</returns>
    /// <exception cref="IOException">There is no such file, or it cannot be opened.</exception>
    /// <exception cref="UnauthorizedAccessException">It is a folder, or may not be read.</exception>
    public static SafeFileHandle? OpenToRead(string path) =>
        OperatingSystem.IsWindows() || HasSize(path)
            ? File.OpenHandle(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, FileOptions.SequentialScan)
            : null;

    /// <summary>True as well for what cannot be opened at all: the opening that follows says why.</summary>
    private static bool HasSize(string path)
    {
        var descriptor = Open(path, Flags);
        if (descriptor < 0)
            return Marshal.GetLastPInvokeError() != NoSuchDevice;
        using var file = new SafeFileHandle(descriptor, ownsHandle: true);
        try
        {
            return RandomAccess.GetLength(file) >= 0;
        }
        catch (NotSupportedException)
        {
            return false;
        }
    }

    [DllImport("libc", EntryPoint = "open", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Open([MarshalAs(UnmanagedType.LPUTF8Str)] string path, int flags);
}
