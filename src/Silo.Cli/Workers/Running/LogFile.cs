using System.Text;

namespace Silo.Cli.Workers.Running;

/// <summary>The log of a process that appends to it by itself: bounded from outside, and read from its end.</summary>
internal static class LogFile
{
    /// <summary>A log that is longer becomes the previous one, which is dropped: each process has at most twice this.</summary>
    public const long BytesMax = 8L << 20;

    /// <summary>The log before this one.</summary>
    public static string Previous(string path) => $"{path}.1";

    /// <summary>Begins the log anew when it is too long.</summary>
    /// <remarks>It is copied and emptied, since the process goes on to write to the same file; what it writes in between is lost.</remarks>
    public static void Bound(string path, long bytesMax = BytesMax)
    {
        if (new FileInfo(path) is { Exists: true } file && file.Length > bytesMax)
        {
            File.Copy(path, Previous(path), overwrite: true);
            using var emptied = File.Open(path, FileMode.Open, FileAccess.Write, FileShare.ReadWrite);
            emptied.SetLength(0);
        }
    }

    /// <summary>The last lines, those of the previous log included.</summary>
    public static IReadOnlyList<string> Tail(string path, int lines) =>
        [.. new[] { Previous(path), path }.Where(File.Exists).SelectMany(Lines).TakeLast(lines)];

    private static IEnumerable<string> Lines(string path)
    {
        using var reader = new StreamReader(File.Open(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete), Encoding.UTF8);
        while (reader.ReadLine() is { } line)
        {
            yield return line;
        }
    }
}
