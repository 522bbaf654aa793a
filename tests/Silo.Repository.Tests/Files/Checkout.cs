using System.Diagnostics;
using Silo.Testing;

namespace Silo.Repository.Tests.Files;

/// <summary>The files under version control: the real ones of this checkout, or a few that a test made up.</summary>
internal sealed class Checkout
{
    private static readonly Lazy<Checkout> CurrentCheckout = new(ReadCurrent);
    private readonly Lazy<IReadOnlyList<SourceFile>> _sources;
    private readonly Lazy<IReadOnlyList<ProjectFile>> _projects;

    public Checkout(params TrackedFile[] files)
    {
        Files = files;
        _sources = new(() => [.. files.Where(file => file.Extension == ".cs").AsParallel().AsOrdered().Select(SourceFile.Parse)]);
        _projects = new(() => [.. files.Where(file => file.Extension == ".csproj").Select(ProjectFile.Read)]);
    }

    /// <summary>The checkout these tests were built from, read once.</summary>
    public static Checkout Current => CurrentCheckout.Value;

    public IReadOnlyList<TrackedFile> Files { get; }

    public IReadOnlyList<SourceFile> Sources => _sources.Value;

    public IReadOnlyList<ProjectFile> Projects => _projects.Value;

    public string TextOf(string path) => Files.FirstOrDefault(file => file.Path == path)?.Text ?? "";

    private static Checkout ReadCurrent()
    {
        var root = Clone.Root;
        // A file that is deleted but not yet committed is still listed; there is nothing in it to judge.
        return new Checkout([.. ListFiles(root)
            .Where(path => File.Exists(Path.Combine(root, path)))
            .Select(path => new TrackedFile(path, File.ReadAllBytes(Path.Combine(root, path))))]);
    }

    private static string[] ListFiles(string root)
    {
        // safe.directory: in a container the checkout often belongs to another user than the one who runs the tests.
        var start = new ProcessStartInfo("git", ["-c", "safe.directory=*", "-C", root, "ls-files", "-z"])
        {
            RedirectStandardOutput = true,
            UseShellExecute = false,
        };
        using var git = Process.Start(start) ?? throw new InvalidOperationException("git could not be started.");
        var output = git.StandardOutput.ReadToEnd();
        git.WaitForExit();
        return git.ExitCode == 0
            ? output.Split('\0', StringSplitOptions.RemoveEmptyEntries)
            : throw new InvalidOperationException($"git ls-files ended with code {git.ExitCode} in {root}.");
    }
}
