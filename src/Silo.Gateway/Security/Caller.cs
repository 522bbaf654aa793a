namespace Silo.Gateway.Security;

/// <summary>Who calls, and what for.</summary>
/// <param name="Name">The key's name.</param>
/// <param name="Scopes">What the key may do.</param>
internal sealed record Caller(string Name, IReadOnlyList<Scope> Scopes)
{
    /// <summary>Everyone, while no key is configured: then only this machine is served.</summary>
    public static readonly Caller ThisMachine = new("local", Enum.GetValues<Scope>());

    /// <summary>When the session ends; null for a call that brought the key itself.</summary>
    public DateTimeOffset? SessionEndsAt { get; init; }
}
