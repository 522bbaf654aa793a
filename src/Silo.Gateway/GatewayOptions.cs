namespace Silo.Gateway;

/// <summary>Who may call the HTTP API, and how much at a time.</summary>
public sealed class GatewayOptions
{
    public const int ApiKeyLengthMin = 16;
    public const long BodyBytesMin = 64 * 1024;
    public const long BodyBytesMaxMax = 1024L * 1024 * 1024;

    /// <summary>The key that callers must send. Default none: then only this machine may call, and the server refuses to listen elsewhere.</summary>
    public string? ApiKey { get; init; }

    /// <summary>Names, beside those of the loopback interface, under which callers may address the server (without port). Default none.
    /// <c>*</c> stands for every name and needs an API key.</summary>
    public IReadOnlyList<string> AllowedHosts { get; init; } = [];

    /// <summary>Origins, as <c>https://example.org</c>, beside the server's own whose web pages may call. Default none.</summary>
    public IReadOnlyList<string> AllowedOrigins { get; init; } = [];

    /// <summary>The largest body that is read. Default 8 MiB.</summary>
    public long BodyBytesMax { get; init; } = 8 * 1024 * 1024;

    /// <summary>What is wrong with these settings, all of it; empty when nothing is.</summary>
    public IReadOnlyList<string> Problems()
    {
        var problems = new List<string>();
        if (ApiKey is { } key && (key.Length < ApiKeyLengthMin || key.Any(letter => letter is <= ' ' or > '~')))
            problems.Add($"ApiKey has {key.Length} characters: at least {ApiKeyLengthMin} visible ASCII characters without spaces were expected.");
        if (BodyBytesMax is < BodyBytesMin or > BodyBytesMaxMax)
            problems.Add($"BodyBytesMax is {BodyBytesMax}: {BodyBytesMin} to {BodyBytesMaxMax} were expected.");
        foreach (var host in AllowedHosts)
        {
            if (host == "*" && ApiKey is null)
                problems.Add("AllowedHosts has '*', which needs an API key: set ApiKey, or name the hosts.");
            else if (host != "*" && Uri.CheckHostName(host) == UriHostNameType.Unknown)
                problems.Add($"AllowedHosts has '{host}': a host name or address without port was expected.");
        }

        foreach (var origin in AllowedOrigins)
        {
            if (!IsOrigin(origin))
                problems.Add($"AllowedOrigins has '{origin}': scheme, host and port as in 'https://example.org' were expected, without path.");
        }

        return problems;
    }

    private static bool IsOrigin(string text) =>
        Uri.TryCreate(text, UriKind.Absolute, out var uri)
        && uri.Scheme is ("http" or "https")
        && string.Equals(uri.GetLeftPart(UriPartial.Authority), text, StringComparison.OrdinalIgnoreCase);
}
