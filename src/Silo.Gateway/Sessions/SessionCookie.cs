using Microsoft.AspNetCore.Http;

namespace Silo.Gateway.Sessions;

/// <summary>How a browser keeps its session's token: no script reads it, and no other site's page sends it.</summary>
internal static class SessionCookie
{
    public const string Name = "silo_session";

    public static string? Read(HttpRequest request) => request.Cookies[Name] is { Length: > 0 } token ? token : null;

    public static void Set(HttpContext context, string token) => context.Response.Cookies.Append(Name, token, Options(context.Request, SessionTable.Lifetime));

    public static void Clear(HttpContext context) => context.Response.Cookies.Delete(Name, Options(context.Request, null));

    private static CookieOptions Options(HttpRequest request, TimeSpan? lifetime) => new()
    {
        HttpOnly = true,
        SameSite = SameSiteMode.Strict,
        Secure = request.IsHttps,
        Path = "/",
        MaxAge = lifetime,
    };
}
