using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Silo.Repository.Tests.Files;

namespace Silo.Repository.Tests.Rules;

/// <summary>What does not fit into a reader's head is split: by feature first, then by step.</summary>
internal sealed class Sizes : IHouseRule
{
    private const int FileLinesLimit = 500;
    private const int MethodLinesLimit = 80;
    private static readonly string[] WrittenByHand = ["", ".cs", ".css", ".html", ".js", ".mjs", ".py", ".sh", ".sql", ".ts"];

    public IEnumerable<string> Offences(Checkout checkout) => LongFiles(checkout).Concat(LongMethods(checkout));

    private static IEnumerable<string> LongFiles(Checkout checkout) =>
        from file in checkout.Files
        where WrittenByHand.Contains(file.Extension) && file.Lines >= FileLinesLimit
        select $"{file.Path} has {file.Lines} lines; a file stays under {FileLinesLimit}.";

    private static IEnumerable<string> LongMethods(Checkout checkout) =>
        from source in checkout.Sources
        from body in Bodies(source.Root)
        where body.Lines >= MethodLinesLimit
        select $"{source.At(body.Start)} {body.Name} has {body.Lines} lines; a method stays under {MethodLinesLimit}.";

    private static IEnumerable<(string Name, SyntaxNodeOrToken Start, int Lines)> Bodies(SyntaxNode root)
    {
        // Counted from the name, so that a long list of attributes (the rows of a theory) is not held against the method.
        foreach (var node in root.DescendantNodes())
        {
            SyntaxToken? name = node switch
            {
                MethodDeclarationSyntax method => method.Identifier,
                ConstructorDeclarationSyntax constructor => constructor.Identifier,
                LocalFunctionStatementSyntax function => function.Identifier,
                OperatorDeclarationSyntax @operator => @operator.OperatorToken,
                AccessorDeclarationSyntax accessor => accessor.Keyword,
                PropertyDeclarationSyntax { ExpressionBody: not null } property => property.Identifier,
                _ => null,
            };
            if (name is { } token)
            {
                yield return (token.Text, token, LinesBetween(token.GetLocation(), node.GetLocation()));
            }
        }

        // The statements of a program without a Main are its method.
        var statements = root.ChildNodes().OfType<GlobalStatementSyntax>().ToList();
        if (statements is [var first, ..])
        {
            yield return ("the program", first, LinesBetween(first.GetLocation(), statements[^1].GetLocation()));
        }
    }

    private static int LinesBetween(Location start, Location end) =>
        end.GetLineSpan().EndLinePosition.Line - start.GetLineSpan().StartLinePosition.Line + 1;
}
