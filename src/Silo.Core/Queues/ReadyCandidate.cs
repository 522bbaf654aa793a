using Silo.Core.Placement;
using Silo.Core.Tasks;

namespace Silo.Core.Queues;

/// <summary>The task to place next.</summary>
/// <param name="Task">Still in the window; <see cref="ReadyWindow.Take"/> removes it.</param>
/// <param name="Shape">What to block when no node has room for it.</param>
internal readonly record struct ReadyCandidate(WaitingTask Task, PlacementShape Shape);
