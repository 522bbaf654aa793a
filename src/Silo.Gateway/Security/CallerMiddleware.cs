using Microsoft.AspNetCore.Http;

namespace Silo.Gateway.Security;

internal sealed class CallerMiddleware(RequestDelegate next, CallerCheck check)
{
    public Task InvokeAsync(HttpContext context) => check.Refuse(context) is { } refusal ? refusal.ExecuteAsync(context) : next(context);
}
