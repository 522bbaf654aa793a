namespace Silo.Core.Tasks;

/// <summary>What moves a task from one state to another.</summary>
internal enum LifeCycleEvent
{
    /// <summary>The row was inserted.</summary>
    Submitted,

    /// <summary>Its due time came; nothing is written.</summary>
    FellDue,

    /// <summary>A node wrote that it runs the task; a task of less than a second usually ends without it.</summary>
    Started,

    /// <summary>The outcome of an attempt was recorded.</summary>
    Succeeded,

    /// <summary>The outcome of the last attempt, or of one that was not to be repeated, was recorded.</summary>
    Failed,

    /// <summary>The attempt failed and the next one was planned.</summary>
    Retried,

    /// <summary>A draining node gave the task back, or no longer holds it; no attempt is spent.</summary>
    Released,

    /// <summary>The node that ran it was declared dead; no attempt is spent, a death is counted.</summary>
    NodeLost,

    /// <summary>The death counted was one too many.</summary>
    Convicted,

    /// <summary>A cancel became final.</summary>
    Cancelled,

    /// <summary>An operator gave a task that had ended without success another attempt.</summary>
    Revived,
}
