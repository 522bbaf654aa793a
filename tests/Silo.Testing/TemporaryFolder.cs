namespace Silo.Testing;

/// <summary>A fresh, empty folder below the system's temporary one, removed with everything in it on disposal.</summary>
public sealed class TemporaryFolder : IDisposable
{
    /// <summary>The absolute path of the folder.</summary>
    public string Path { get; } = Directory.CreateTempSubdirectory("silo-test-").FullName;

    /// <summary>The absolute path of <paramref name="name"/> in this folder; nothing is created.</summary>
    public string Combine(string name) => System.IO.Path.Combine(Path, name);

    /// <summary>Writes a file, creating the folders above it, and returns its absolute path.</summary>
    public string Write(string name, string content)
    {
        var path = Combine(name);
        Directory.CreateDirectory(System.IO.Path.GetDirectoryName(path)!);
        File.WriteAllText(path, content);
        return path;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        try
        {
            Directory.Delete(Path, recursive: true);
        }
        catch (DirectoryNotFoundException)
        {
            // The test moved or removed it: what Dispose promises already holds.
        }
    }
}
