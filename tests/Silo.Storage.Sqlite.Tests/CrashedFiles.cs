namespace Silo.Storage.Sqlite.Tests;

/// <summary>What a killed process leaves: the database file and its write-ahead log as they lie on the disk.</summary>
internal static class CrashedFiles
{
    /// <param name="from">The database file of a store that may be running.</param>
    /// <param name="to">Where the copy goes.</param>
    /// <param name="logBytes">The log is cut there, as by a crash in the middle of an append. Default whole.</param>
    public static void Copy(string from, string to, long? logBytes = null)
    {
        // The log only refers to pages of the file, and without a checkpoint only the log grows: the file goes first.
        CopyFile(from, to, null);
        if (File.Exists(from + "-wal"))
        {
            CopyFile(from + "-wal", to + "-wal", logBytes);
        }
    }

    private static void CopyFile(string from, string to, long? bytes)
    {
        using var source = new FileStream(from, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        using var target = new FileStream(to, FileMode.CreateNew, FileAccess.Write);
        source.CopyTo(target);
        if (bytes is { } length)
        {
            target.SetLength(Math.Min(length, target.Length));
        }
    }
}
