using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Silo.Gateway.Problems;

namespace Silo.Gateway.Requests;

/// <summary>Calls that take nothing still refuse what they would otherwise silently pass over.</summary>
internal static class NoBody
{
    /// <returns>Null when there is no body and no query, or an empty object.</returns>
    public static async Task<ProblemResult?> RefuseAsync(HttpContext context, GatewayOptions options)
    {
        var problems = new RequestProblems();
        _ = new QueryFields(context.Request, problems);
        if (context.Request.ContentLength != 0 && context.Features.Get<IHttpRequestBodyDetectionFeature>()?.CanHaveBody != false)
        {
            var (utf8, refusal) = await JsonBody.ReadBytesAsync(context, options);
            if (refusal is not null)
                return refusal;
            if (!utf8.IsEmpty)
                JsonBody.Parse(utf8, options.Json.Client.EmptyRequest, root: "", problems);
        }

        return problems.Any ? ApiProblems.Of(problems) : null;
    }
}
