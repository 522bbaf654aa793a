using System.Globalization;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Silo.Contracts.Json;
using Silo.Contracts.Problems;

namespace Silo.Gateway.Problems;

/// <summary>Answers with a problem.</summary>
internal sealed class ProblemResult(ApiProblem problem) : IResult, IStatusCodeHttpResult
{
    public ApiProblem Problem { get; } = problem;

    /// <summary>When to try again; null for "not as it stands".</summary>
    public TimeSpan? RetryAfter { get; init; }

    public int? StatusCode => Problem.Status;

    public async Task ExecuteAsync(HttpContext httpContext)
    {
        var response = httpContext.Response;
        response.StatusCode = Problem.Status;
        response.ContentType = ApiProblem.ContentType;
        if (RetryAfter is { } wait)
            response.Headers.RetryAfter = Math.Ceiling(wait.TotalSeconds).ToString(CultureInfo.InvariantCulture);
        if (Problem.Status == StatusCodes.Status401Unauthorized)
            response.Headers.WWWAuthenticate = "Bearer";
        if (!HttpMethods.IsHead(httpContext.Request.Method))
            await JsonSerializer.SerializeAsync(response.Body, Problem, ApiJson.Wire.ApiProblem, httpContext.RequestAborted);
    }
}
