using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Silo.Repository.Tests.Files;

namespace Silo.Repository.Tests.Rules;

/// <summary>A name says what a thing is for: no drawers for leftovers, and no name that hides one of the platform's.</summary>
internal sealed class Names : IHouseRule
{
    private static readonly string[] Drawers = ["Helpers", "Common", "Utils", "Models", "Managers"];
    private static readonly string[] DrawerEndings = ["Helpers", "Utils", "Managers"];
    private static readonly string[] HidesThePlatform = ["Task", "TaskStatus", "TaskScheduler"];

    public IEnumerable<string> Offences(Checkout checkout) =>
        Folders(checkout)
            .Concat(checkout.Sources.SelectMany(Namespaces))
            .Concat(checkout.Sources.SelectMany(Types));

    private static IEnumerable<string> Folders(Checkout checkout) =>
        from file in checkout.Files
        from folder in file.Segments[..^1]
        where Drawers.Contains(folder, StringComparer.OrdinalIgnoreCase)
        select $"{file.Path} is in a folder named {folder}; name it after the feature.";

    private static IEnumerable<string> Namespaces(SourceFile source) =>
        from declaration in source.Root.DescendantNodes().OfType<BaseNamespaceDeclarationSyntax>()
        let name = declaration.Name.ToString()
        let parts = name.Split('.')
        from offence in parts.Intersect(Drawers).Select(part => $"a part named {part}; name it after the feature")
            .Concat(parts.Length > 1 && parts[^1] == "Orleans" ? ["the last part Orleans, which hides the real one; use Cluster"] : [])
        select $"{source.At(declaration)} namespace {name} has {offence}.";

    private static IEnumerable<string> Types(SourceFile source)
    {
        foreach (var (name, declaration) in DeclaredTypes(source.Root))
        {
            if (HidesThePlatform.Contains(name))
            {
                yield return $"{source.At(declaration)} a type named {name} hides System.Threading.Tasks.{name}; say which one it is.";
            }

            if (Drawers.Contains(name) || DrawerEndings.Any(ending => name.EndsWith(ending, StringComparison.Ordinal)))
            {
                yield return $"{source.At(declaration)} a type named {name} is a drawer for leftovers; name it after what it does.";
            }
        }
    }

    private static IEnumerable<(string Name, SyntaxNode Declaration)> DeclaredTypes(SyntaxNode root) =>
        root.DescendantNodes().Select(node => node switch
        {
            BaseTypeDeclarationSyntax type => (type.Identifier.Text, node),
            DelegateDeclarationSyntax type => (type.Identifier.Text, node),
            _ => ("", node),
        }).Where(type => type.Item1.Length > 0);
}
