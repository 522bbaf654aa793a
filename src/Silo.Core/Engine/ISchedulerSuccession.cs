namespace Silo.Core.Engine;

/// <summary>How an engine puts another scheduler in the place of one that has stepped down.</summary>
public interface ISchedulerSuccession
{
    /// <summary>The scheduler of this pool will never act again. Called once, on its own turn, so it must not wait for that turn to end.</summary>
    void SteppedDown(string pool);
}
