namespace Silo.Core.Engine;

/// <summary>Whether this process stands by while another one schedules over the same store.</summary>
public interface IStandby
{
    /// <summary>The process that schedules, while this one stands by; null when it does not.</summary>
    string? ActiveElsewhere { get; }
}
