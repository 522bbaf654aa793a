using Silo.Gateway.Security;

namespace Silo.Gateway;

/// <summary>Who may call the HTTP API, and how much at a time.</summary>
public sealed class GatewayOptions
{
    public const int ApiKeysMax = 1000;
    public const long BodyBytesMin = 64 * 1024;
    public const long BodyBytesMaxMax = 1024L * 1024 * 1024;

    /// <summary>The keys of which callers must send one. Default none: then only this machine may call, with every scope, and the server refuses to listen elsewhere.</summary>
    public IReadOnlyList<ApiKey> ApiKeys { get; init; } = [];

    /// <summary>Names, beside those of the loopback interface, under which callers may address the server (without port). Default none.
    /// <c>*</c> stands for every name and needs an API key.</summary>
    public IReadOnlyList<string> AllowedHosts { get; init; } = [];

    /// <summary>Origins, as <c>https://example.org</c>, beside the server's own whose web pages may call. Default none.</summary>
    public IReadOnlyList<string> AllowedOrigins { get; init; } = [];

    /// <summary>The largest body that is read. Default 8 MiB.</summary>
    public long BodyBytesMax { get; init; } = 8 * 1024 * 1024;

    /// <summary>Memory that the bodies of all requests may take at once, beside 16 KiB for each; while there is no room, a larger body is refused with 429 <c>too_many_bodies</c>.
    /// At least <see cref="BodyBytesMax"/>. Default 64 MiB.</summary>
    public long BodiesBytesMax { get; init; } = 64 * 1024 * 1024;

    /// <summary>How long a body, or a line of a stream, may take to arrive; a slower one is answered with 408 <c>body_too_slow</c>. Default 60 s.</summary>
    public TimeSpan BodyTimeMax { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>How many may follow events or logs at a time; more are refused with 503 <c>too_many_readers</c>. Default 500.</summary>
    public int EventReadersMax { get; init; } = 500;

    /// <summary>Tasks that may wait; while there are more, submits are refused with 429 <c>backlog_full</c>. Default 5,000,000.</summary>
    public long BacklogMax { get; init; } = 5_000_000;

    /// <summary>Connections at a time; one more is closed at once. Default 4,096.</summary>
    public int ConnectionsMax { get; init; } = 4096;

    /// <summary>How long a request's headers may take; a slower request is answered with a bare 408. Default 10 s.</summary>
    public TimeSpan RequestHeadersTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>How long a connection may be idle between requests before it is closed. Default 130 s.</summary>
    public TimeSpan KeepAliveTimeout { get; init; } = TimeSpan.FromSeconds(130);

    /// <summary>Bytes a second at which a body must arrive, after <see cref="BodyGraceTime"/>; a slower one is answered with 408 <c>body_too_slow</c>. Default 240.</summary>
    public double BodyBytesPerSecondMin { get; init; } = 240;

    /// <summary>How long a body may be slower; above 1 s. Default 5 s.</summary>
    public TimeSpan BodyGraceTime { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>What is wrong with these settings, all of it; empty when nothing is.</summary>
    public IReadOnlyList<string> Problems()
    {
        var problems = new List<string>();
        problems.AddRange(KeyProblems());
        if (BodyBytesMax is < BodyBytesMin or > BodyBytesMaxMax)
            problems.Add($"BodyBytesMax is {BodyBytesMax}: {BodyBytesMin} to {BodyBytesMaxMax} were expected.");
        if (BodiesBytesMax < BodyBytesMax)
            problems.Add($"BodiesBytesMax is {BodiesBytesMax}: at least BodyBytesMax, {BodyBytesMax}, was expected.");
        if (EventReadersMax < 0)
            problems.Add($"EventReadersMax is {EventReadersMax}: 0 or more were expected.");
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

    private IEnumerable<string> LimitProblems()
    {
        if (BacklogMax < 1)
            yield return $"BacklogMax is {BacklogMax}: 1 or more was expected.";
        if (ConnectionsMax < 1)
            yield return $"ConnectionsMax is {ConnectionsMax}: 1 or more was expected.";
        if (RequestHeadersTimeout <= TimeSpan.Zero)
            yield return $"RequestHeadersTimeout is {RequestHeadersTimeout}: a time above zero was expected.";
        if (KeepAliveTimeout <= TimeSpan.Zero)
            yield return $"KeepAliveTimeout is {KeepAliveTimeout}: a time above zero was expected.";
        if (!(BodyBytesPerSecondMin > 0 && double.IsFinite(BodyBytesPerSecondMin)))
            yield return $"BodyBytesPerSecondMin is {BodyBytesPerSecondMin}: a number above 0 was expected.";
        if (BodyTimeMax <= TimeSpan.Zero)
            yield return $"BodyTimeMax is {BodyTimeMax}: a time above zero was expected.";
        if (BodyGraceTime <= TimeSpan.FromSeconds(1))
            yield return $"BodyGraceTime is {BodyGraceTime}: a time above 1 s was expected.";
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
