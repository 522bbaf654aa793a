using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace Silo.Repository.Tests.Files;

/// <summary>A C# file with its syntax tree.</summary>
internal sealed record SourceFile(TrackedFile File, SyntaxNode Root)
{
    private static readonly CSharpParseOptions Options = new(LanguageVersion.Latest);

    public static SourceFile Parse(TrackedFile file) => new(file, CSharpSyntaxTree.ParseText(file.Text, Options).GetRoot());

    /// <summary>"path:line", as editors and terminals make it a link.</summary>
    public string At(SyntaxNodeOrToken place) =>
        $"{File.Path}:{(place.GetLocation()?.GetLineSpan().StartLinePosition.Line ?? 0) + 1}";
}
