using Silo.Core.Placement;
using Silo.Core.Queues;
using Silo.Core.Tasks;

namespace Silo.Core.Tests.Queues;

/// <summary>Waiting tasks for tests, short to write.</summary>
internal static class Waiting
{
    public static readonly DateTimeOffset Start = new(2030, 1, 1, 0, 0, 0, TimeSpan.Zero);

    public static readonly IReadOnlySet<PlacementShape> NothingBlocked = new HashSet<PlacementShape>();

    /// <param name="id">Tells it from others, and orders those of one due time.</param>
    /// <param name="dueSeconds">After <see cref="Start"/>.</param>
    public static WaitingTask Task(int id, double dueSeconds = 0, int priority = 50, string type = "echo", int payloadBytes = 0, int attempt = 1) => new()
    {
        Spec = new TaskSpec
        {
            Id = Id(id),
            Type = type,
            Queue = "default",
            Priority = priority,
            RunAt = Start.AddSeconds(dueSeconds),
            Payload = new byte[payloadBytes],
        },
        Attempt = attempt,
    };

    public static TaskId Id(int id) => new(new Guid(id, 0, 0, new byte[8]));

    public static HashSet<PlacementShape> Blocked(params WaitingTask[] likes) => [.. likes.Select(PlacementShape.Of)];

    /// <summary>Tasks 1 to <paramref name="count"/> arrive, due a second after each other.</summary>
    public static void Fill(ReadyWindow window, int count)
    {
        for (var i = 1; i <= count; i++)
        {
            window.Arrive(Task(i, dueSeconds: i));
        }
    }
}
