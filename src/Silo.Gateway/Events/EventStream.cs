using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Silo.Contracts.Events;
using Silo.Contracts.Json;
using Silo.Contracts.Tasks;
using Silo.Core.Engine;
using Silo.Core.Tasks;

namespace Silo.Gateway.Events;

/// <summary>Writes events as a browser's EventSource reads them.</summary>
internal sealed class EventStream(EventFeed feed, EventFilter filter, HttpResponse response, TimeProvider time)
{
    public const string ContentType = "text/event-stream";

    /// <summary>How long a client waits before it comes back, in milliseconds.</summary>
    public const int ReconnectMilliseconds = 2000;

    /// <summary>A stream is never silent for longer: clients and proxies tell a quiet server from a lost one by it.</summary>
    public static readonly TimeSpan HeartbeatInterval = TimeSpan.FromSeconds(15);

    /// <summary>Events of one task that lie closer together than this are told as one.</summary>
    public static readonly TimeSpan CoalesceTime = TimeSpan.FromMilliseconds(100);

    private long _lastSent;

    /// <exception cref="OperationCanceledException">The client has gone, or the server stops.</exception>
    public async Task RunAsync(long place, CancellationToken ended)
    {
        response.ContentType = ContentType;
        response.Headers.CacheControl = "no-cache, no-transform";
        // Proxies that gather an answer before they pass it on would make it no stream.
        response.Headers["X-Accel-Buffering"] = "no";
        await SendAsync($": silo\nretry: {ReconnectMilliseconds}\n{(place < 0 ? "" : $"id: {feed.IdOf(place)}\n")}\n", ended);
        while (true)
        {
            if (!await MoreAsync(place, ended))
            {
                // With the place, so that a reader whose filter let nothing pass for long does not come back to what is gone.
                await SendAsync($": still here\nid: {feed.IdOf(place)}\n\n", ended);
                continue;
            }

            var part = feed.Take(place);
            place = part.Next;
            if (Text(part) is { Length: > 0 } text)
                await SendAsync(text, ended);
            await Task.Delay(CoalesceTime, time, ended);
        }
    }

    private async Task<bool> MoreAsync(long place, CancellationToken ended)
    {
        // Counted from the last sending, since events that do not pass the filter wake us too.
        var left = HeartbeatInterval - time.GetElapsedTime(_lastSent);
        if (left <= TimeSpan.Zero)
            return false;
        try
        {
            await feed.WhenMoreAsync(place).WaitAsync(left, time, ended);
            return true;
        }
        catch (TimeoutException)
        {
            return false;
        }
    }

    // The id stands with the last event only: a part that arrives in half is read anew as a whole.
    private string Text(FeedPart part)
    {
        var text = new StringBuilder();
        var events = Coalescing.PerTask(part.Events.Where(filter.Passes));
        if (part.Missed)
            text.Append("event: missed\n").Append(events.Count == 0 ? $"id: {feed.IdOf(part.Next)}\n" : "").Append("data: {}\n\n");
        for (var index = 0; index < events.Count; index++)
        {
            text.Append("event: task\n").Append(index == events.Count - 1 ? $"id: {feed.IdOf(part.Next)}\n" : "");
            text.Append("data: ").Append(JsonSerializer.Serialize(Shown(events[index]), ApiJson.Wire.TaskEventMessage)).Append("\n\n");
        }

        return text.ToString();
    }

    private async Task SendAsync(string text, CancellationToken ended)
    {
        await response.Body.WriteAsync(Encoding.UTF8.GetBytes(text), ended);
        await response.Body.FlushAsync(ended);
        _lastSent = time.GetTimestamp();
    }

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
    };

    private static string StateOf(StoredState state) => state.IsTerminal() ? WireNames.Of(state) : WireNames.Of(TaskState.Scheduled);
}
