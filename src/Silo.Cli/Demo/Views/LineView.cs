using System.Globalization;
using Silo.Cli.Invocation;

namespace Silo.Cli.Demo.Views;

/// <summary>A line for every new phase and one every few seconds, on the error stream: for pipes and logs.</summary>
internal sealed class LineView(Terminal terminal) : IDemoView
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(3);

    public Task RunAsync(Func<Action<DemoProgress>, Task> demo)
    {
        var shown = (Phase: "", At: TimeSpan.Zero);
        return demo(progress =>
        {
            if (progress.Phase == shown.Phase && progress.Elapsed - shown.At < Interval)
            {
                return;
            }

            shown = (progress.Phase, progress.Elapsed);
            terminal.Say(string.Create(
                CultureInfo.InvariantCulture,
                $"{progress.Elapsed.TotalSeconds,6:0.0} s  {progress.Phase}  {progress.Done}/{progress.Tasks}  ({string.Join(", ", progress.Nodes.Select(Node))})"));
        });
    }

    private static string Node(NodeProgress node) => $"{node.Name} {node.State} {node.Running}/{node.Slots} running, {node.Done} done";
}
