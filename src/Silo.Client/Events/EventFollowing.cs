using Silo.Contracts.Events;

namespace Silo.Client.Events;

/// <summary>Which events to follow, and from where. What is left out chooses everything.</summary>
public sealed record EventFollowing
{
    public string? Queue { get; init; }

    public string? Node { get; init; }

    /// <summary>Id or number of one task.</summary>
    public string? Task { get; init; }

    /// <summary>The <see cref="FollowedEvent.Id"/> after which to go on; one that the server does not know begins with what was missed. Default: with what comes.</summary>
    /// <exception cref="ArgumentException">It has characters that no id has: visible ASCII characters without spaces were expected.</exception>
    public string? LastId
    {
        get;
        init => field = value is null || value.All(letter => letter is > ' ' and <= '~')
            ? value
            : throw new ArgumentException("The event id has characters that no header carries: visible ASCII characters without spaces were expected.", nameof(value));
    }

    /// <summary>Hears why the stream was lost, each time before it is sought again. Default nobody.</summary>
    public Action<string>? Lost { get; init; }
}

/// <summary>What the event stream tells.</summary>
/// <param name="Id">Where to go on after this event, with <see cref="EventFollowing.LastId"/>.</param>
/// <param name="Task">Null when events before this place were missed: what they would have changed should be read anew.</param>
public sealed record FollowedEvent(string? Id, TaskEventMessage? Task);
