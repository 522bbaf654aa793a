using System.Globalization;
using Silo.Cli.Invocation;
using Spectre.Console;

namespace Silo.Cli.Demo.Views;

/// <summary>A table that is drawn over itself: for a person at a terminal.</summary>
internal sealed class LiveTableView(Terminal terminal) : IDemoView
{
    public Task RunAsync(Func<Action<DemoProgress>, Task> demo) =>
        terminal.Drawing.Live(new Table()).AutoClear(false).StartAsync(live => demo(progress =>
        {
            live.UpdateTarget(Draw(progress));
            live.Refresh();
        }));

    private static Table Draw(DemoProgress progress)
    {
        var table = new Table().Border(TableBorder.Rounded).Title(Markup.Escape(progress.Phase));
        table.AddColumn("NODE");
        foreach (var column in new[] { "SLOTS", "WEIGHT", "STATE", "RUNNING", "DONE" })
        {
            table.AddColumn(new TableColumn(column).RightAligned());
        }

        foreach (var node in progress.Nodes)
        {
            table.AddRow(Markup.Escape(node.Name), Text(node.Slots), Text(node.Weight), node.State, Text(node.Running), Text(node.Done));
        }

        table.Caption(string.Create(
            CultureInfo.InvariantCulture, $"{progress.Done} of {progress.Tasks} tasks, {progress.PerSecond:0} a second, {progress.Elapsed.TotalSeconds:0.0} s"));
        return table;
    }

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
}
