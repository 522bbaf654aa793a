using System.Buffers;
using System.Collections.Frozen;
using Silo.Core.Handlers;

namespace Silo.Handlers.Http;

/// <summary>Which headers a task may send, and which of an answer it is told.</summary>
internal static class HeaderRules
{
    private const int CountMax = 64;
    private const int ValueLengthMax = 8192;

    /// <summary>Headers that belong to the connection: they would change where a request ends, and with it whose the next one is.</summary>
    private static readonly FrozenSet<string> OfTheConnection = FrozenSet.ToFrozenSet(
        ["connection", "content-length", "expect", "host", "keep-alive", "proxy-authorization", "proxy-connection", "te", "trailer", "transfer-encoding", "upgrade"],
        StringComparer.OrdinalIgnoreCase);

    /// <summary>Headers that say how a request is meant, not who asks: another origin may see them.</summary>
    private static readonly FrozenSet<string> Harmless = FrozenSet.ToFrozenSet(
        ["accept", "accept-language", "content-language", "content-type", "user-agent"], StringComparer.OrdinalIgnoreCase);

    private static readonly string[] Told = ["content-type", "content-encoding", "etag", "last-modified", "location", "retry-after"];

    private static readonly SearchValues<char> NameLetters =
        SearchValues.Create("!#$%&'*+-.^_`|~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz");

    public static PayloadProblem? Check(IReadOnlyDictionary<string, string>? headers)
    {
        if (headers?.Count > CountMax)
            return new PayloadProblem("payload.headers", $"has {headers.Count} headers, more than {CountMax}");
        foreach (var (name, value) in headers ?? FrozenDictionary<string, string>.Empty)
        {
            if (Refuse(name, value) is { } rule)
                return new PayloadProblem($"payload.headers.{name}", rule);
        }

        return null;
    }

    public static bool MaySeeElsewhere(string name) => Harmless.Contains(name);

    public static IReadOnlyDictionary<string, string> TellOf(HttpResponseMessage response)
    {
        var told = new Dictionary<string, string>();
        foreach (var name in Told)
        {
            if (response.Headers.NonValidated.TryGetValues(name, out var values) || response.Content.Headers.NonValidated.TryGetValues(name, out values))
                told.Add(name, values.ToString());
        }

        return told;
    }

    private static string? Refuse(string name, string value)
    {
        if (name.Length == 0 || name.AsSpan().ContainsAnyExcept(NameLetters))
            return "is no name of a header";
        if (OfTheConnection.Contains(name))
            return "belongs to the connection and cannot be set";
        if (value.Length > ValueLengthMax)
            return $"has {value.Length} characters, more than {ValueLengthMax}";
        return value.AsSpan().ContainsAnyExceptInRange(' ', '~') ? "must be printable ASCII" : null;
    }
}
