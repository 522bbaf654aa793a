using System.Text;
using System.Text.Json;
using Silo.Contracts.Events;
using Silo.Contracts.Json;
using Silo.Contracts.Tasks;
using Silo.Core.Engine;
using Silo.Core.Tasks;

namespace Silo.Gateway.Events;

/// <summary>Events as a browser's EventSource reads them.</summary>
internal static class EventText
{
    /// <param name="id">Where a reader goes on after this event.</param>
    public static byte[] Task(TaskEvent happened, string id) =>
        Encoding.UTF8.GetBytes($"event: task\nid: {id}\ndata: {JsonSerializer.Serialize(Shown(happened), ApiJson.Wire.TaskEventMessage)}\n\n");

    /// <param name="id">Where what follows begins.</param>
    public static byte[] Missed(string id) => Encoding.UTF8.GetBytes($"event: missed\nid: {id}\ndata: {{}}\n\n");

    private static TaskEventMessage Shown(TaskEvent happened) => new()
    {
        Kind = WireNames.Of(happened.Kind),
        Id = happened.Id.Value,
        Queue = happened.Queue,
        Node = happened.Node,
        Attempt = happened.Attempt == 0 ? null : happened.Attempt,
        State = happened.Kind == TaskEventKind.Recorded ? StateOf(happened.State) : null,
        Progress = happened.Progress is { Percent: null, Message: null } or null ? null : new ProgressPart(happened.Progress.Percent, happened.Progress.Message),
        Logs = happened.Progress is { Logs.Count: > 0 } said ? said.Logs : null,
        LogsDropped = happened.Progress is { LogsDropped: > 0 } dropped ? dropped.LogsDropped : null,
    };

    private static string StateOf(StoredState state) => state.IsTerminal() ? WireNames.Of(state) : WireNames.Of(TaskState.Scheduled);
}
