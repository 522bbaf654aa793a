using Silo.Core.Tasks;

namespace Silo.Gateway.Events;

/// <summary>Which events a reader asked for. Null is every value.</summary>
internal sealed record EventFilter(string? Queue, string? Node, TaskId? Task)
{
    public static EventFilter Everything { get; } = new(null, null, null);

    /// <remarks>An event that does not say its queue (some cancels) passes: better one too many than an end that is not seen.</remarks>
    public bool Passes(EventEntry happened) =>
        (Queue is null || happened.Queue is null || happened.Queue == Queue)
        && (Node is null || happened.Node == Node)
        && (Task is null || happened.Task == Task);
}
