using System.Text.RegularExpressions;
using Silo.Repository.Tests.Files;

namespace Silo.Repository.Tests.Rules;

/// <summary>No notes to oneself, nothing a build makes, nothing a diff cannot show.</summary>
internal sealed partial class Leftovers : IHouseRule
{
    private const int BytesMax = 1 << 20;

    private static readonly string[] BuiltFolders = ["bin", "obj", "artifacts", "node_modules", "TestResults", ".silo", ".vs"];

    private static readonly string[] BuiltExtensions =
    [
        ".a", ".binlog", ".class", ".db", ".db-shm", ".db-wal", ".dll", ".exe", ".log", ".nupkg", ".o", ".pdb", ".pyc", ".snupkg", ".so", ".user",
    ];

    public IEnumerable<string> Offences(Checkout checkout) => checkout.Files.SelectMany(OffencesOf);

    private static IEnumerable<string> OffencesOf(TrackedFile file)
    {
        if (file.Bytes.Length > BytesMax)
        {
            yield return $"{file.Path} has {file.Bytes.Length} bytes; at most {BytesMax} are kept in the repository.";
        }

        if (file.Bytes.AsSpan().Contains((byte)0))
        {
            yield return $"{file.Path} has NUL bytes; only text is kept in the repository.";
        }

        if (file.Segments[..^1].Any(BuiltFolders.Contains) || BuiltExtensions.Contains(file.Extension) || file.Name.EndsWith(".g.cs", StringComparison.Ordinal))
        {
            yield return $"{file.Path} is made by a build or a run; ignore it.";
        }

        // Lock files are hashes, in which any letters may come together.
        var notes = file.Name == "packages.lock.json" ? [] : Note().Matches(file.Text).Select(note => (note.Value, note.Index));
        foreach (var (note, index) in notes)
        {
            yield return $"{file.Path}:{file.Text.AsSpan(0, index).Count('\n') + 1} {note}: do it now or write it where work is planned.";
        }
    }

    // Split, so that this file does not find itself.
    [GeneratedRegex(@"\b(TO" + "DO|FIX" + "ME|HA" + @"CK)\b")]
    private static partial Regex Note();
}
