using System.Globalization;
using Silo.Cli.Invocation;
using Spectre.Console;

namespace Silo.Cli.Demo.Views;

/// <summary>A table that is drawn over itself: for a person at a terminal.</summary>
internal sealed class LiveTableView(Terminal terminal) : IDemoView
{
    /// <summary>More often would cost the demo processor time and show a person nothing more.</summary>
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(100);

    public Task RunAsync(Func<Action<DemoProgress>, Task> demo) =>
        terminal.Drawing.Live(new Table()).AutoClear(false).StartAsync(async live =>
        {
            var drawnAt = -Interval;
            DemoProgress? latest = null;
            await demo(progress =>
            {
                latest = progress;
                if (progress.Elapsed >= drawnAt + Interval)
                {
                    drawnAt = progress.Elapsed;
                    live.UpdateTarget(Draw(progress));
                    live.Refresh();
                }
            });
            if (latest is not null)
            {
                live.UpdateTarget(Draw(latest));
            }
        });

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
