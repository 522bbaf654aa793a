using System.CommandLine;
using System.Globalization;
using Silo.Cli.Invocation;
using Silo.Contracts.Json;
using Silo.Contracts.Tasks;
using Silo.Core.Tasks;

namespace Silo.Cli.Tasks;

/// <summary>Tasks as a person reads them.</summary>
internal static class TaskPrinter
{
    private static readonly string[] Columns = ["NUMBER", "ID", "TYPE", "QUEUE", "STATE", "ATTEMPT", "NODE", "CREATED"];

    /// <summary>The result of a task that has ended, and the exit code that tells how.</summary>
    public static ExitCode WriteOutcome(CommandContext context, ParseResult parsed, TaskResponse task)
    {
        var succeeded = task.State == WireNames.Of(TaskState.Succeeded);
        if (parsed.GetValue(context.Json))
        {
            context.Terminal.WriteJson(task, ApiJson.Wire.TaskResponse);
        }
        else if (succeeded)
        {
            context.Terminal.WriteLine(task.Result.ToString());
        }

        if (!succeeded)
        {
            context.Terminal.Say(task.Error is { } error ? $"Task {task.Id} {task.State}: {error.Code}: {error.Message}" : $"Task {task.Id} {task.State}.");
        }

        return succeeded ? ExitCode.Ok : ExitCode.Failed;
    }

    public static void WriteList(Terminal terminal, IEnumerable<TaskResponse> tasks) =>
        terminal.WriteTable(Columns, tasks.Select(task => new[]
        {
            Text(task.Number), task.Id.ToString(), task.Type, task.Queue, State(task), Text(task.Attempt), task.Node ?? "", Text(task.CreatedAt),
        }));

    public static void WriteDetails(CommandContext context, ParseResult parsed, TaskResponse task)
    {
        if (parsed.GetValue(context.Json))
        {
            context.Terminal.WriteJson(task, ApiJson.Wire.TaskResponse);
            return;
        }

        context.Terminal.WriteTable(["FIELD", "VALUE"], Details(task).Where(row => row[1].Length > 0));
    }

    private static IEnumerable<string[]> Details(TaskResponse task) =>
    [
        ["id", task.Id.ToString()],
        ["number", Text(task.Number)],
        ["type", task.Type],
        ["queue", task.Queue],
        ["state", State(task)],
        ["priority", Text(task.Priority)],
        ["attempt", $"{task.Attempt} of {task.Retry.Attempts}"],
        ["node", task.Node ?? ""],
        ["created", Text(task.CreatedAt)],
        ["due", Text(task.RunAt)],
        ["started", Text(task.StartedAt)],
        ["finished", Text(task.FinishedAt)],
        ["progress", task.Progress is { } progress ? $"{progress.Percent:0.#} % {progress.Message}" : ""],
        ["labels", string.Join(", ", (task.Labels ?? new Dictionary<string, string>()).Select(label => $"{label.Key}={label.Value}"))],
        ["payload", task.Payload.IsNone ? "" : task.Payload.ToString()],
        ["result", task.Result.IsNone ? "" : task.Result.ToString()],
        ["error", task.Error is { } error ? $"{error.Code}: {error.Message}" : ""],
    ];

    private static string State(TaskResponse task) => task.Cancelling == true ? "cancelling" : task.State;

    private static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);

    private static string Text(DateTimeOffset? time) => time?.ToString("yyyy-MM-dd HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture) ?? "";
}
