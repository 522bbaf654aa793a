using Silo.Cli.Invocation;
using Silo.Client;
using Silo.Contracts.Tasks;
using Spectre.Console;

namespace Silo.Cli.Tasks;

/// <summary>A task's way to its end, on the error stream: a bar for a person, a line per change for a log.</summary>
internal static class TaskWatch
{
    /// <summary>How often a running task's progress is read; its end is answered at once.</summary>
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(500);

    /// <inheritdoc cref="TaskWait.UntilTerminalAsync(SiloHttpClient, string, TimeSpan, TimeSpan, Action{TaskResponse}, CancellationToken)"/>
    public static async Task<TaskResponse> UntilTerminalAsync(
        Terminal terminal, SiloHttpClient client, string task, TimeSpan wait, CancellationToken cancellationToken)
    {
        if (!terminal.IsErrorInteractive)
        {
            var last = "";
            return await TaskWait.UntilTerminalAsync(client, task, wait, Look, Say, cancellationToken);

            void Say(TaskResponse read)
            {
                var line = Line(read);
                if (line != last)
                {
                    terminal.Say(line);
                }

                last = line;
            }
        }

        return await terminal.ErrorDrawing.Progress()
            .Columns(new TaskDescriptionColumn { Alignment = Justify.Left }, new ProgressBarColumn(), new PercentageColumn(), new ElapsedTimeColumn())
            .StartAsync(async progress =>
            {
                var bar = progress.AddTask(Markup.Escape(task));
                return await TaskWait.UntilTerminalAsync(client, task, wait, Look, read => Draw(bar, read), cancellationToken);
            });
    }

    private static void Draw(ProgressTask bar, TaskResponse read)
    {
        var ended = TaskWait.IsTerminal(read);
        bar.Description = Markup.Escape($"{read.Type} {read.Number} {read.State} {read.Progress?.Message}".TrimEnd());
        bar.IsIndeterminate = !ended && read.Progress?.Percent is null;
        bar.Value = ended ? bar.MaxValue : read.Progress?.Percent ?? 0;
        if (ended)
        {
            bar.StopTask();
        }
    }

    private static string Line(TaskResponse read)
    {
        var percent = read.Progress?.Percent is { } value ? $" {value:0.#} %" : "";
        return $"task {read.Id} ({read.Number}) {read.State}{percent} {read.Progress?.Message}".TrimEnd();
    }
}
