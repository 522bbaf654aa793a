using Spectre.Console;

namespace Silo.Cli.Invocation;

/// <summary>Where a command writes: data to the output, everything for people only to the error stream.</summary>
/// <param name="output">Standard output.</param>
/// <param name="error">Standard error.</param>
/// <param name="isInteractive">Whether a person looks at the output: then tables and live views may be drawn.</param>
/// <param name="isErrorInteractive">Whether a person looks at the error stream: then progress may be drawn there.</param>
internal sealed class Terminal(TextWriter output, TextWriter error, bool isInteractive, bool isErrorInteractive = false)
{
    public static Terminal OfThisProcess() =>
        new(Console.Out, Console.Error, !Console.IsOutputRedirected, !Console.IsErrorRedirected && Environment.GetEnvironmentVariable("TERM") != "dumb");

    public TextWriter Output => output;

    public TextWriter Error => error;

    public bool IsInteractive => isInteractive;

    public bool IsErrorInteractive => isErrorInteractive;

    /// <summary>Draws to the output, for people.</summary>
    public IAnsiConsole Drawing { get; } = DrawingTo(output, isInteractive ? AnsiSupport.Detect : AnsiSupport.No, InteractionSupport.Detect);

    /// <summary>Draws to the error stream: what is seen while the data is still on its way.</summary>
    public IAnsiConsole ErrorDrawing { get; } = DrawingTo(
        error, isErrorInteractive ? AnsiSupport.Yes : AnsiSupport.No, isErrorInteractive ? InteractionSupport.Yes : InteractionSupport.No);

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

    private static IAnsiConsole DrawingTo(TextWriter writer, AnsiSupport ansi, InteractionSupport interaction) => AnsiConsole.Create(new AnsiConsoleSettings
    {
        Out = new AnsiConsoleOutput(writer),
        Ansi = ansi,
        Interactive = interaction,
    });

    private static string OneLine(string cell) => cell.Replace('\t', ' ').ReplaceLineEndings(" ");
}
