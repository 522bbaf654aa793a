using System.Text;

namespace Silo.Handlers;

/// <summary>The folder that file tasks may read below, with every symbolic link on a path followed before it is believed.</summary>
/// <remarks>Whoever submits tasks is not trusted; whoever can write into the folder is: a link swapped between the check and the reading is not caught.</remarks>
internal sealed class FilesRoot
{
    public const string RefusalCode = "path_not_allowed";

    /// <summary>In bytes of UTF-8, as the common systems have it: each part of a longer path would cost a look at the file system.</summary>
    private const int PathLengthMax = 4096;
    private const int NameLengthMax = 255;
    private readonly string _path;
    private readonly string _inside;

    /// <exception cref="DirectoryNotFoundException">There is no such folder.</exception>
    public FilesRoot(string path)
    {
        _path = RealPath.Of(Path.GetFullPath(path));
        if (!Directory.Exists(_path))
            throw new DirectoryNotFoundException($"The root of files '{path}' is not a folder: create it, or give another one.");
        _inside = Path.EndsInDirectorySeparator(_path) ? _path : _path + Path.DirectorySeparatorChar;
    }

    /// <summary>What is wrong with a path as a text; null when it stays below the root and leaves it by no link.</summary>
    public string? Refuse(string relative)
    {
        if (relative.Length == 0)
            return "must name a file";
        if (relative.Contains('\0'))
            return "must not contain a NUL character";
        if (Encoding.UTF8.GetByteCount(relative) > PathLengthMax || relative.Split('/', Path.DirectorySeparatorChar).Any(part => Encoding.UTF8.GetByteCount(part) > NameLengthMax))
            return $"must have at most {PathLengthMax} bytes, and {NameLengthMax} between two slashes";
        if (Path.IsPathRooted(relative) || relative[0] is '/' or '\\')
            return $"'{relative}' is absolute; it must be relative to the root of files";
        if (relative.Split('/', Path.DirectorySeparatorChar).Contains(".."))
            return $"'{relative}' contains '..'; it must stay below the root of files";
        if (relative.Split('/', Path.DirectorySeparatorChar).All(part => part is "" or "."))
            return $"'{relative}' is the root of files itself; it must name a file below it";
        return Resolve(relative) is null ? $"'{relative}' leaves the root of files by a symbolic link" : null;
    }

    /// <summary>The real path of a file below the root; null when a link on the way leaves the root or the links go round.</summary>
    public string? Resolve(string relative)
    {
        try
        {
            var real = RealPath.Of(Path.Join(_path, relative));
            return real.StartsWith(_inside, StringComparison.Ordinal) ? real : null;
        }
        catch (IOException)
        {
            return null;
        }
    }
}
