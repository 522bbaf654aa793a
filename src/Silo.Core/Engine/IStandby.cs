namespace Silo.Core.Engine;

/// <summary>How this process stands with others over the same store: one of them schedules.</summary>
public interface IStandby
{
    /// <summary>The process that schedules, while this one stands by; null when it does not.</summary>
    string? ActiveElsewhere { get; }

    /// <summary>The last try to say in the store that this process schedules failed: it takes no writes, or is not there.</summary>
    bool CannotWrite { get; }
}
