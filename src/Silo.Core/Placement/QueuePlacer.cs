namespace Silo.Core.Placement;

/// <summary>Chooses the nodes for one queue's tasks: the preferred node when it is a candidate, else what the strategy says.</summary>
internal sealed class QueuePlacer(string strategy, IPlacer placer)
{
    public string Strategy { get; } = strategy;

    /// <param name="candidates">Eligible nodes with room, in ordinal order of name; never empty.</param>
    /// <returns>The index of the chosen candidate.</returns>
    /// <exception cref="InvalidOperationException">The strategy chose none of the candidates.</exception>
    public int Choose(PlacementShape shape, IReadOnlyList<PlacementCandidate> candidates)
    {
        for (var i = 0; shape.PreferredNode is not null && i < candidates.Count; i++)
        {
            if (candidates[i].Name == shape.PreferredNode)
            {
                return i;
            }
        }

        var chosen = placer.Choose(candidates);
        return chosen >= 0 && chosen < candidates.Count
            ? chosen
            : throw new InvalidOperationException(
                $"Placement strategy '{Strategy}' chose candidate {chosen} of {candidates.Count}: a placer returns an index into the candidates it was given.");
    }
}
