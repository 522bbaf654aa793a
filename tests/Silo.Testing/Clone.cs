namespace Silo.Testing;

/// <summary>The clone of the repository that the running test was built in.</summary>
public static class Clone
{
    private static readonly Lazy<string> Found = new(Find);

    /// <summary>Its root folder, absolute.</summary>
    public static string Root => Found.Value;

    /// <summary>The absolute path of a file in it.</summary>
    /// <param name="path">Relative to the root, with slashes.</param>
    public static string Combine(string path) => Path.Combine(Root, path);

    private static string Find()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder.FullName, "Silo.sln")))
            folder = folder.Parent ?? throw new InvalidOperationException($"No folder above {AppContext.BaseDirectory} has Silo.sln: tests run where they were built, in a clone.");
        return folder.FullName;
    }
}
