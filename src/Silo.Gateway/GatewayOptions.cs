using Silo.Gateway.Security;

namespace Silo.Gateway;

/// <summary>Who may call the HTTP API, and how much at a time.</summary>
public sealed partial class GatewayOptions
{
    public const int ApiKeysMax = 1000;

    /// <summary>The keys of which callers must send one. Default none: then only this machine may call, with every scope, and the server refuses to listen elsewhere.</summary>
    public IReadOnlyList<ApiKey> ApiKeys { get; init; } = [];

    /// <summary>Names, beside those of the loopback interface, under which callers may address the server (without port). Default none.
    /// <c>*</c> stands for every name and needs an API key.</summary>
    public IReadOnlyList<string> AllowedHosts { get; init; } = [];

    /// <summary>Origins, as <c>https://example.org</c>, beside the server's own whose web pages may call. Default none.</summary>
    public IReadOnlyList<string> AllowedOrigins { get; init; } = [];

    /// <summary>What is wrong with these settings, all of it; empty when nothing is.</summary>
    public IReadOnlyList<string> Problems()
    {
        var problems = new List<string>();
        problems.AddRange(KeyProblems());
        problems.AddRange(LimitProblems());
        foreach (var host in AllowedHosts)
        {
            if (host == "*" && ApiKeys.Count == 0)
                problems.Add("AllowedHosts has '*', which needs an API key: set ApiKeys, or name the hosts.");
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

    private IEnumerable<string> KeyProblems()
    {
        if (ApiKeys.Count > ApiKeysMax)
            return [$"ApiKeys has {ApiKeys.Count} keys: at most {ApiKeysMax} were expected."];
        return
        [
            .. ApiKeys.SelectMany(key => key.Problems().Select(problem => $"The API key '{key.Name}' {problem}.")),
            .. Repeated(key => key.Name).Select(keys => $"The API key '{keys.Key}' is given more than once."),
            .. Repeated(key => key.Sha256.ToLowerInvariant())
                .Select(keys => $"The API keys {string.Join(", ", keys.Select(key => $"'{key.Name}'"))} have the same hash: give each name a key of its own."),
        ];
    }

    private IEnumerable<IGrouping<string, ApiKey>> Repeated(Func<ApiKey, string> part) => ApiKeys.GroupBy(part).Where(keys => keys.Count() > 1);

    private static bool IsOrigin(string text) =>
        Uri.TryCreate(text, UriKind.Absolute, out var uri)
        && uri.Scheme is ("http" or "https")
        && string.Equals(uri.GetLeftPart(UriPartial.Authority), text, StringComparison.OrdinalIgnoreCase);
}
