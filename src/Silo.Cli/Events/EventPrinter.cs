using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Silo.Cli.Invocation;
using Silo.Client.Events;
using Silo.Contracts.Events;
using Silo.Contracts.Json;

namespace Silo.Cli.Events;

/// <summary>Events as lines: JSON with the id of the event, or cells between tabs with the log lines below.</summary>
internal sealed class EventPrinter(Terminal terminal, bool json)
{
    private const string Missed = "missed";

    public void Write(FollowedEvent told)
    {
        if (json)
        {
            var line = told.Task is null ? new JsonObject { ["kind"] = Missed } : JsonSerializer.SerializeToNode(told.Task, ApiJson.Wire.TaskEventMessage)!.AsObject();
            line.Insert(0, "eventId", told.Id);
            terminal.WriteLine(line.ToJsonString(ApiJson.Wire.Options));
        }
        else if (told.Task is null)
        {
            terminal.Say("Events were missed: what is shown elsewhere may have changed meanwhile.");
        }
        else
        {
            terminal.WriteLine(string.Join('\t', Cells(told.Task)));
            WriteLogs(told.Task);
        }
    }

    private void WriteLogs(TaskEventMessage happened)
    {
        if (happened.LogsDropped is { } dropped)
        {
            terminal.WriteLine(string.Create(CultureInfo.InvariantCulture, $"\t[{dropped} lines dropped]"));
        }

        foreach (var line in happened.Logs ?? [])
        {
            terminal.WriteLine($"\t{Plain(line)}");
        }
    }

    private static string[] Cells(TaskEventMessage happened) =>
    [
        happened.Kind,
        happened.Id.ToString(),
        happened.Queue ?? "",
        happened.Node ?? "",
        happened.Attempt?.ToString(CultureInfo.InvariantCulture) ?? "",
        happened.State ?? Progress(happened),
    ];

    private static string Progress(TaskEventMessage happened) => happened.Progress is { } progress
        ? Plain(string.Create(CultureInfo.InvariantCulture, $"{progress.Percent:0.#} % {progress.Message}").Trim())
        : "";

    // What a handler says must not steer the terminal of whoever looks.
    private static string Plain(string text) => string.Concat(text.ReplaceLineEndings(" ").Select(letter => char.IsControl(letter) ? ' ' : letter));
}
