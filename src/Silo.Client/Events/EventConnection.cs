using System.Net.ServerSentEvents;
using Silo.Client.Http;
using Silo.Contracts.Events;
using Silo.Contracts.Json;

namespace Silo.Client.Events;

/// <summary>One stream of events, until it ends.</summary>
internal sealed class EventConnection : IDisposable
{
    private const string TaskType = "task";
    private const string MissedType = "missed";

    private readonly HttpResponseMessage _response;
    private readonly SseParser<TaskEventMessage?> _parser;
    private readonly IAsyncEnumerator<SseItem<TaskEventMessage?>> _items;
    private readonly CancellationTokenSource _disposed = new();

    public EventConnection(HttpResponseMessage response, Stream body, TimeProvider time)
    {
        _response = response;
        _parser = SseParser.Create(
            new WatchedStream(body, time),
            (type, data) => type == TaskType ? ApiConnection.Read(response, data, ApiJson.Wire.TaskEventMessage) : null);
        _items = _parser.EnumerateAsync(_disposed.Token).GetAsyncEnumerator(_disposed.Token);
    }

    /// <summary>Why the stream has ended.</summary>
    public string End { get; private set; } = "The server ended the stream.";

    /// <summary>Where to go on, quiet times included; null when the server has not said.</summary>
    public string? LastId => _parser.LastEventId is { Length: > 0 } id ? id : null;

    /// <summary>What the server asks of those who come back; null when it has not said.</summary>
    public TimeSpan? ReconnectWait => _parser.ReconnectionInterval > TimeSpan.Zero ? _parser.ReconnectionInterval : null;

    /// <returns>Null at the end of the stream, whatever ended it.</returns>
    public async Task<FollowedEvent?> NextAsync(CancellationToken cancellationToken)
    {
        using var stop = cancellationToken.Register(_disposed.Cancel);
        try
        {
            while (await _items.MoveNextAsync())
            {
                // A kind that is newer than this client is passed over.
                if (_items.Current.EventType is TaskType or MissedType)
                    return new FollowedEvent(_items.Current.EventId ?? LastId, _items.Current.Data);
            }
        }
        catch (Exception lost) when (lost is IOException or HttpRequestException)
        {
            End = lost.Message;
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            throw new OperationCanceledException(cancellationToken);
        }

        return null;
    }

    public void Dispose()
    {
        _disposed.Cancel();
        _response.Dispose();
        _disposed.Dispose();
    }
}
