namespace Silo.Core.Nodes;

/// <summary>What an engine knows of the processes behind nodes otherwise than by their beats.</summary>
public interface INodeWitness
{
    /// <summary>Whether the process that registered so is known to have ended, or to have been expelled: its node is fenced without waiting for its silence. False when nobody knows. Called
    /// often, on the scheduler's turn: it must be quick.</summary>
    bool HasEnded(NodeRegistration node);
}
