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
    public static async Task<TaskResponse> UntilTerminalAsync(SiloHttpClient client, Guid id, TimeSpan wait, CancellationToken cancellationToken)
    {
        var started = TimeProvider.System.GetTimestamp();
        while (true)
        {
            var left = wait - TimeProvider.System.GetElapsedTime(started);
            var task = await client.GetTaskAsync(id.ToString(), left > PerCall ? PerCall : left > TimeSpan.Zero ? left : TimeSpan.Zero, cancellationToken);
            if (IsTerminal(task))
            {
                return task;
            }

            if (left <= TimeSpan.Zero)
            {
                throw new CommandException(
                    ExitCode.WaitTimeout, $"Task {id} is {task.State} after {wait.TotalSeconds:0.###} s; it goes on. Ask again: silo tasks {id}");
            }
        }
    }

    public static bool IsTerminal(TaskResponse task) => WireNames.Parse<TaskState>(task.State).IsTerminal();
}
