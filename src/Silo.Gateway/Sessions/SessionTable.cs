using Silo.Gateway.Security;

namespace Silo.Gateway.Sessions;

/// <summary>Browsers that have signed in. Sessions live in memory: a restart ends them all, and so does the removal of a key.</summary>
internal sealed class SessionTable(TimeProvider time)
{
    /// <summary>Sessions of one key; one more ends its oldest, so that nobody is locked out by browsers that were never signed out.</summary>
    public const int SessionsPerKeyMax = 100;

    /// <summary>From signing in, whatever is done meanwhile.</summary>
    public static readonly TimeSpan Lifetime = TimeSpan.FromHours(12);

    private const int TokenBytes = 32;

    private readonly Lock _lock = new();
    private readonly Dictionary<string, OrderedDictionary<string, Caller>> _byKey = [];

    /// <returns>The token, which is kept nowhere, and the caller as its session shows it.</returns>
    public (string Token, Caller Caller) Begin(Caller caller)
    {
        var token = $"{caller.Name}.{RandomText.OfBytes(TokenBytes)}";
        var signedIn = caller with { SessionEndsAt = time.GetUtcNow() + Lifetime };
        lock (_lock)
        {
            if (!_byKey.TryGetValue(caller.Name, out var sessions))
                _byKey[caller.Name] = sessions = [];
            if (sessions.Count == SessionsPerKeyMax)
                sessions.RemoveAt(0);
            sessions.Add(HashOf(token), signedIn);
        }

        return (token, signedIn);
    }

    /// <returns>Null when there is no such session, or it has ended.</returns>
    public Caller? Find(string token)
    {
        lock (_lock)
        {
            return SessionsOf(token)?.GetValueOrDefault(HashOf(token)) is { } caller && time.GetUtcNow() < caller.SessionEndsAt ? caller : null;
        }
    }

    /// <summary>Ends the session; one that is unknown has ended before.</summary>
    public void End(string token)
    {
        lock (_lock)
            SessionsOf(token)?.Remove(HashOf(token));
    }

    // The part before the dot is no secret; the one behind it cannot be guessed, so that looking up its hash may take the time it takes.
    private OrderedDictionary<string, Caller>? SessionsOf(string token) => _byKey.GetValueOrDefault(token[..Math.Max(0, token.LastIndexOf('.'))]);

    private static string HashOf(string token) => Convert.ToHexStringLower(ApiKey.Hash(token));
}
