using System.Security.Cryptography;

namespace Silo.Gateway.Security;

/// <summary>The configured keys, of which only hashes are kept.</summary>
internal sealed class KeyRing(GatewayOptions options)
{
    private readonly (byte[] Hash, Caller Caller)[] _keys = [.. options.ApiKeys.Select(key => (Convert.FromHexString(key.Sha256), new Caller(key.Name, key.Scopes)))];

    public bool IsEmpty => _keys.Length == 0;

    /// <returns>Null for a key that is none of ours.</returns>
    public Caller? Find(string text)
    {
        var hash = ApiKey.Hash(text);
        Caller? found = null;

        // Hashes of equal length, each compared in constant time and all of them always: how long an answer takes tells nothing of any key.
        foreach (var (known, caller) in _keys)
        {
            if (CryptographicOperations.FixedTimeEquals(known, hash))
                found = caller;
        }

        return found;
    }
}
