using Spectre.Console;

namespace Silo.Cli.Invocation;

/// <summary>Where a command writes: data to the output, everything for people only to the error stream.</summary>
/// <param name="output">Standard output.</param>
/// <param name="error">Standard error.</param>
/// <param name="isInteractive">Whether a person looks at the output: then tables and live views may be drawn.</param>
internal sealed class Terminal(TextWriter output, TextWriter error, bool isInteractive)
{
    public static Terminal OfThisProcess() => new(Console.Out, Console.Error, !Console.IsOutputRedirected);

    public TextWriter Output => output;

    public TextWriter Error => error;

    public bool IsInteractive => isInteractive;

    /// <summary>Draws to the output, for people.</summary>
    public IAnsiConsole Drawing { get; } = AnsiConsole.Create(new AnsiConsoleSettings
    {
        Out = new AnsiConsoleOutput(output),
        Ansi = isInteractive ? AnsiSupport.Detect : AnsiSupport.No,
    });

    /// <summary>One line of data.</summary>
    public void WriteLine(string line) => output.WriteLine(line);

    /// <summary>One line for people.</summary>
    public void Say(string line) => error.WriteLine(line);

    /// <summary>A table for a person; for a pipe, the same cells between tabs, so that <c>cut</c> and <c>awk</c> can read them.</summary>
    public void WriteTable(IReadOnlyList<string> columns, IEnumerable<IReadOnlyList<string>> rows)
    {
        if (!isInteractive)
        {
            output.WriteLine(string.Join('\t', columns));
            foreach (var row in rows)
            {
                output.WriteLine(string.Join('\t', row.Select(OneLine)));
            }

            return;
        }

        var table = new Table().Border(TableBorder.Rounded);
        foreach (var column in columns)
        {
            table.AddColumn(Markup.Escape(column));
        }

        foreach (var row in rows)
        {
            table.AddRow([.. row.Select(Markup.Escape)]);
        }

        Drawing.Write(table);
    }

    private static string OneLine(string cell) => cell.Replace('\t', ' ').ReplaceLineEndings(" ");
}
