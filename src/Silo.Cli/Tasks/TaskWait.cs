using Silo.Cli.Invocation;
using Silo.Client;
using Silo.Contracts.Json;
using Silo.Contracts.Tasks;
using Silo.Core.Tasks;

namespace Silo.Cli.Tasks;

/// <summary>Waits for a task through the server, which answers when the task has ended.</summary>
internal static class TaskWait
{
    private static readonly TimeSpan PerCall = TimeSpan.FromSeconds(20);

    /// <exception cref="CommandException">The wait is over and the task is not.</exception>
    public static Task<TaskResponse> UntilTerminalAsync(SiloHttpClient client, Guid id, TimeSpan wait, CancellationToken cancellationToken) =>
        UntilTerminalAsync(client, id.ToString(), wait, PerCall, static _ => { }, cancellationToken);

    /// <param name="task">Id or number.</param>
    /// <param name="wait">How long at most.</param>
    /// <param name="look">How often the task is read meanwhile; its end is answered at once.</param>
    /// <param name="show">Gets the task as it was read, each time.</param>
    /// <exception cref="CommandException">The wait is over and the task is not.</exception>
    public static async Task<TaskResponse> UntilTerminalAsync(
        SiloHttpClient client, string task, TimeSpan wait, TimeSpan look, Action<TaskResponse> show, CancellationToken cancellationToken)
    {
        var started = TimeProvider.System.GetTimestamp();
        while (true)
        {
            var left = wait - TimeProvider.System.GetElapsedTime(started);
            var read = await client.GetTaskAsync(task, left > look ? look : left > TimeSpan.Zero ? left : TimeSpan.Zero, cancellationToken);
            show(read);
            if (IsTerminal(read))
            {
                return read;
            }

            if (left <= TimeSpan.Zero)
            {
                throw new CommandException(
                    ExitCode.WaitTimeout, $"Task {read.Id} is {read.State} after {wait.TotalSeconds:0.###} s; it goes on. Ask again: silo task {read.Id}");
            }
        }
    }

    public static bool IsTerminal(TaskResponse task) => WireNames.Parse<TaskState>(task.State).IsTerminal();
}
