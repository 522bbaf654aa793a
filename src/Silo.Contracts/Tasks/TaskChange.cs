namespace Silo.Contracts.Tasks;

/// <summary>What a cancel or a retry did.</summary>
/// <param name="Id">The task.</param>
/// <param name="State">Its state after the call.</param>
/// <param name="Cancelling">True when a cancel is on record and not yet final.</param>
/// <param name="Attempt">The attempt to come, after a retry.</param>
public sealed record TaskChange(Guid Id, string State, bool? Cancelling = null, int? Attempt = null);
