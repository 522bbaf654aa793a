using Microsoft.AspNetCore.Http;

namespace Silo.Gateway.Sessions;

/// <summary>Whether a page of this very server sent the request, as the browser says; pages cannot set these headers.</summary>
/// <remarks>A cookie's SameSite stops at the site: it lets through pages of other ports and subdomains of the same name.</remarks>
internal static class SameOrigin
{
    /// <summary>Whether a call that may change something, or only one that reads.</summary>
    public static bool Changes(HttpRequest request) => !HttpMethods.IsGet(request.Method) && !HttpMethods.IsHead(request.Method) && !HttpMethods.IsOptions(request.Method);

    /// <returns>False also when the request has neither header: no browser of today sends a change without one.</returns>
    public static bool Holds(HttpRequest request) => request.Headers["Sec-Fetch-Site"] switch
    {
        [var site] => site == "same-origin",
        [] => request.Headers.Origin is [var origin] && string.Equals(origin, $"{request.Scheme}://{request.Host.Value}", StringComparison.OrdinalIgnoreCase),
        _ => false,
    };
}
