namespace Silo.Handlers;

/// <summary>Where a path leads once every symbolic link on it is followed.</summary>
internal static class RealPath
{
    private const int LinksMax = 40;

    /// <summary>As realpath(3), except that parts which do not exist are kept as they are.</summary>
    /// <exception cref="IOException">The links go round.</exception>
    public static string Of(string absolute)
    {
        var current = Path.GetPathRoot(absolute)!;
        var pending = new Stack<string>();
        Push(pending, absolute[current.Length..]);
        for (var links = 0; pending.TryPop(out var part);)
        {
            if (part is "" or ".")
                continue;
            if (part == "..")
            {
                current = Path.GetDirectoryName(current) ?? current;
                continue;
            }

            var next = Path.Join(current, part);
            if (new FileInfo(next).LinkTarget is not { } target)
            {
                current = next;
                continue;
            }

            if (++links > LinksMax)
                throw new IOException($"'{absolute}' goes through more than {LinksMax} symbolic links.");
            var root = Path.IsPathRooted(target) ? Path.GetPathRoot(target)! : "";
            current = root.Length > 0 ? root : current;
            Push(pending, target[root.Length..]);
        }

        return current;
    }

    private static void Push(Stack<string> pending, string path)
    {
        var parts = path.Split('/', Path.DirectorySeparatorChar);
        for (var index = parts.Length - 1; index >= 0; index--)
            pending.Push(parts[index]);
    }
}
