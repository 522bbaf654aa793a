using Microsoft.AspNetCore.Http;

namespace Silo.Gateway.Security;

/// <summary>First where the call comes from, then what its key may do; both before anything else looks at the request.</summary>
internal sealed class CallerMiddleware(RequestDelegate next, CallerCheck callers, AccessCheck access)
{
    public Task InvokeAsync(HttpContext context) =>
        (callers.Refuse(context) ?? access.Refuse(context)) is { } refusal ? refusal.ExecuteAsync(context) : next(context);
}
