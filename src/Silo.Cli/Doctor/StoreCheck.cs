using System.Buffers.Binary;

namespace Silo.Cli.Doctor;

/// <summary>The database file: whether it can be made or used, and whether there is room for it. Nothing is changed but a probe that is removed again.</summary>
internal static class StoreCheck
{
    /// <summary>Less free space than this is soon none.</summary>
    public const long FreeBytesMin = 256L * 1024 * 1024;

    private const string File = "store";
    private const string Rights = "rights";
    private const string Space = "space";
    private const string OtherFolder = "Name a folder of your own with --data, or give this user the right to write there.";

    /// <summary>"SILO", where SQLite's header has the application's own mark.</summary>
    private const int OurMark = 0x53494C4F;
    private const int MarkOffset = 68;

    /// <param name="path">The absolute path of the database file.</param>
    public static IEnumerable<Finding> Run(string path)
    {
        var folder = ExistingAncestor(path);
        yield return Attempt(File, () => JudgeFile(path), $"{path} cannot be read.");
        yield return Attempt(Rights, () => Probe(folder), $"{folder} cannot be written to.");
        yield return Attempt(Space, () => JudgeSpace(folder, new DriveInfo(folder).AvailableFreeSpace), $"The free space of {folder} cannot be read.");
    }

    public static Finding JudgeSpace(string folder, long freeBytes) => freeBytes >= FreeBytesMin
        ? Finding.Ok(Space, $"{freeBytes / 1_048_576:N0} MiB are free in {folder}.")
        : Finding.Wrong(Space, $"{freeBytes / 1_048_576:N0} MiB are free in {folder}; at least {FreeBytesMin / 1_048_576} should be.", "Free some space, or name a folder on another disk with --data.");

    private static Finding JudgeFile(string path)
    {
        if (Directory.Exists(path))
        {
            return Finding.Wrong(File, $"{path} is a folder.", "Name a file with --db, or the folder with --data.");
        }

        if (!System.IO.File.Exists(path))
        {
            return Finding.Ok(File, $"{path} is not there yet; silo up makes it.");
        }

        // Opened for writing too, as a server does: a file of another user is found now.
        using var stream = new FileStream(path, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite | FileShare.Delete);
        var header = new byte[MarkOffset + sizeof(int)];
        var read = stream.ReadAtLeast(header, header.Length, throwOnEndOfStream: false);
        if (read == 0 || (read == header.Length && header.AsSpan().StartsWith("SQLite format 3\0"u8) && BinaryPrimitives.ReadInt32BigEndian(header.AsSpan(MarkOffset)) == OurMark))
        {
            return Finding.Ok(File, $"{path}, {stream.Length / 1_048_576.0:N1} MiB; silo up checks its pages when it opens it.");
        }

        return Finding.Wrong(File, $"{path} is no database of Silo.", "Name another file with --db, or restore this one from a backup.");
    }

    private static Finding Probe(string folder)
    {
        using (new FileStream(Path.Join(folder, $".silo-doctor-{Guid.NewGuid():N}"), new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, Options = FileOptions.DeleteOnClose }))
        {
            return Finding.Ok(Rights, $"This user may write to {folder}.");
        }
    }

    private static Finding Attempt(string check, Func<Finding> judge, string failure)
    {
        try
        {
            return judge();
        }
        catch (Exception refused) when (refused is IOException or UnauthorizedAccessException)
        {
            return Finding.Wrong(check, $"{failure} {refused.Message}", OtherFolder);
        }
    }

    private static string ExistingAncestor(string path)
    {
        var folder = Path.GetDirectoryName(path);
        while (folder is not null && !Directory.Exists(folder))
        {
            folder = Path.GetDirectoryName(folder);
        }

        return folder ?? Path.GetPathRoot(path) ?? path;
    }
}
