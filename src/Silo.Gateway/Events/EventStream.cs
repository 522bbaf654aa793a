using Microsoft.AspNetCore.Http;

namespace Silo.Gateway.Events;

/// <summary>Sends one reader its events, no faster than it takes them.</summary>
internal sealed class EventStream(EventFeed feed, EventFilter filter, HttpResponse response, TimeProvider time)
{
    public const string ContentType = "text/event-stream";

    /// <summary>How long a client waits before it comes back, in milliseconds.</summary>
    public const int ReconnectMilliseconds = 2000;

    /// <summary>Bytes written before the reader must have taken some: with the web server's own buffer, all that a stalled reader costs.</summary>
    public const int PartBytesMax = 16 * 1024;

    /// <summary>A stream is never silent for longer: clients and proxies tell a quiet server from a lost one by it.</summary>
    public static readonly TimeSpan HeartbeatInterval = TimeSpan.FromSeconds(15);

    private readonly StreamOutput _output = new(response, time);
    private long _lastSent;

    /// <exception cref="OperationCanceledException">The client has gone, or the server stops.</exception>
    /// <exception cref="ReaderStalledException">The client does not read.</exception>
    public async Task RunAsync(long place, CancellationToken ended)
    {
        response.ContentType = ContentType;
        response.Headers.CacheControl = "no-cache, no-transform";
        // Proxies that gather an answer before they pass it on would make it no stream.
        response.Headers["X-Accel-Buffering"] = "no";
        _output.Write($": silo\nretry: {ReconnectMilliseconds}\n{(place < 0 ? "" : $"id: {feed.IdOf(place)}\n")}\n");
        await FlushAsync(ended);
        while (true)
        {
            if (await MoreAsync(place, ended))
            {
                var part = feed.Take(place, filter, PartBytesMax);
                place = part.Next;
                await SendAsync(part, ended);
            }
            else
            {
                // With the place, so that a reader whose filter let nothing pass for long does not come back to what is gone.
                _output.Write($": still here\nid: {feed.IdOf(place)}\n\n");
                await FlushAsync(ended);
            }
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

    private async Task SendAsync(FeedPart part, CancellationToken ended)
    {
        if (part is { Missed: false, Events.Count: 0 })
            return;
        if (part.Missed)
            _output.Write(EventText.Missed(feed.IdOf(part.Next)));
        foreach (var happened in part.Events)
            _output.Write(happened.Block.Span);
        await FlushAsync(ended);
        if (feed.RestAfter(part.Events.Sum(happened => happened.Block.Length)) is var rest && rest > TimeSpan.Zero)
            await Task.Delay(rest, time, ended);
    }

    private async Task FlushAsync(CancellationToken ended)
    {
        await _output.FlushAsync(ended);
        _lastSent = time.GetTimestamp();
    }
}
