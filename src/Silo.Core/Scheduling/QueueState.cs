using Silo.Core.Placement;
using Silo.Core.Queues;

namespace Silo.Core.Scheduling;

/// <summary>One queue: its window of waiting tasks and its way of choosing nodes.</summary>
internal sealed class QueueState(QueueSettings settings, ReadyWindow window, QueuePlacer placer)
{
    public QueueSettings Settings { get; private set; } = settings;

    public ReadyWindow Window { get; } = window;

    public QueuePlacer Placer { get; private set; } = placer;

    /// <summary>Tasks on nodes, and those of fenced nodes that still count against the limit.</summary>
    public int OnNodes { get; set; }

    /// <summary>Shapes for which the last round found no node with room.</summary>
    public HashSet<PlacementShape> Blocked { get; } = [];

    /// <summary>Its strategy broke; the queue starts nothing until it is set anew.</summary>
    public bool Broken { get; set; }

    public bool MayStart => !Settings.Paused && !Broken && (Settings.ConcurrencyMax is not { } limit || OnNodes < limit);

    public void Change(QueueSettings settings, Func<string, QueuePlacer> newPlacer)
    {
        // A strategy keeps its memory while its name stays.
        if (settings.Strategy != Settings.Strategy)
            Placer = newPlacer(settings.Strategy);
        Settings = settings;
        Broken = false;
    }
}
