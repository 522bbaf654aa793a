namespace Silo.Contracts.Sessions;

/// <summary>Who the server takes the caller for.</summary>
/// <param name="Name">Name of the key; <c>local</c> while the server asks for none.</param>
/// <param name="Scopes">What it may do: <c>read</c>, <c>submit</c>, <c>operate</c>, <c>worker</c>.</param>
/// <param name="EndsAt">When the session ends; absent for a call that brought a key itself, or needed none.</param>
public sealed record SessionResponse(string Name, IReadOnlyList<string> Scopes, DateTimeOffset? EndsAt = null);
