using System.Buffers;

namespace Silo.Handlers.Http;

/// <summary>Which URLs are requested at all; where they lead is the <see cref="AddressGuard"/>'s question.</summary>
internal static class UrlRules
{
    public const string RefusalCode = "url_not_allowed";
    private const int LengthMax = 8192;

    // Programs disagree about what these mean in a URL, and that is what they are used for.
    private static readonly SearchValues<char> Ambiguous = SearchValues.Create("\\ \t\r\n\0");

    /// <returns>Null, or the rule it breaks as the end of a sentence.</returns>
    public static string? Read(string text, out Uri? url)
    {
        url = null;
        if (text.Length is 0 or > LengthMax)
            return $"must be a URL of 1 to {LengthMax} characters";
        if (text.AsSpan().ContainsAny(Ambiguous))
            return "must not contain backslashes, white space or NUL characters; write them in %-form";
        if (!Uri.TryCreate(text, UriKind.Absolute, out url))
            return "must be an absolute URL such as https://example.com/path";
        return Refuse(url) ?? (HasUserInfo(text) ? NoCredentials : null);
    }

    /// <returns>Null, or the rule it breaks as the end of a sentence.</returns>
    public static string? Refuse(Uri url)
    {
        if (url.Scheme != Uri.UriSchemeHttp && url.Scheme != Uri.UriSchemeHttps)
            return $"must be http or https, not '{url.Scheme}'";
        if (url.UserInfo.Length > 0)
            return NoCredentials;
        return url.IdnHost.Length == 0 ? "must name a host" : null;
    }

    private const string NoCredentials = "must not contain '@' before the host: credentials go into the Authorization header";

    private static bool HasUserInfo(string text)
    {
        var authority = text.AsSpan(text.IndexOf("://", StringComparison.Ordinal) + 3);
        var end = authority.IndexOfAny('/', '?', '#');
        return (end < 0 ? authority : authority[..end]).Contains('@');
    }
}
