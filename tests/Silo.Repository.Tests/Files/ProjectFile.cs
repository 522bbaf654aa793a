using System.Xml.Linq;

namespace Silo.Repository.Tests.Files;

/// <summary>A project and the names it refers to.</summary>
internal sealed record ProjectFile(string Name, string Path, IReadOnlyList<string> Projects, IReadOnlyList<string> Packages)
{
    public bool IsSource => Path.StartsWith("src/", StringComparison.Ordinal);

    public static ProjectFile Read(TrackedFile file)
    {
        var document = XDocument.Parse(file.Text);
        return new ProjectFile(
            System.IO.Path.GetFileNameWithoutExtension(file.Name),
            file.Path,
            [.. Includes(document, "ProjectReference").Select(path => System.IO.Path.GetFileNameWithoutExtension(path.Replace('\\', '/')))],
            [.. Includes(document, "PackageReference")]);
    }

    private static IEnumerable<string> Includes(XDocument document, string item) =>
        document.Descendants(item)
            .SelectMany(element => ((string?)element.Attribute("Include") ?? "").Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries));
}
