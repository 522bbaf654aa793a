using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Silo.Core.Engine;
using Silo.Core.Storage;

namespace Silo.Gateway.Problems;

/// <summary>Whatever goes wrong below, the client reads a problem with a code.</summary>
internal sealed class ProblemMiddleware(RequestDelegate next, ILogger<ProblemMiddleware> logger)
{
    public async Task InvokeAsync(HttpContext context)
    {
        try
        {
            await next(context);
        }
        catch (OperationCanceledException) when (context.RequestAborted.IsCancellationRequested)
        {
            // Nobody is there to read an answer.
            context.Abort();
            return;
        }
        catch (Exception problem) when (!context.Response.HasStarted)
        {
            context.Response.Clear();
            await Explain(context, problem).ExecuteAsync(context);
            return;
        }

        if (context.Response is { HasStarted: false, StatusCode: >= 400, ContentLength: null or 0, ContentType: null })
            await ApiProblems.OfStatus(context.Response.StatusCode, context.Request.Path).ExecuteAsync(context);
    }

    private ProblemResult Explain(HttpContext context, Exception problem)
    {
        switch (problem)
        {
            case StoreUnavailableException:
                GatewayLog.StoreUnavailable(logger, context.Request.Method, context.Request.Path, StoreFailure.InOneLine(problem));
                break;
            case StoreUnknownException:
                GatewayLog.StoreUnknown(logger, context.Request.Method, context.Request.Path, StoreFailure.InOneLine(problem));
                break;
            case TimeoutException or ActorUnavailableException:
                GatewayLog.Silent(logger, context.Request.Method, context.Request.Path, StoreFailure.InOneLine(problem));
                break;
            case BadHttpRequestException bad:
                return ApiProblems.OfStatus(bad.StatusCode, context.Request.Path);
            default:
                GatewayLog.Failed(logger, context.Request.Method, context.Request.Path, problem);
                break;
        }

        return ApiProblems.OfFailure(problem) ?? ApiProblems.OfStatus(StatusCodes.Status500InternalServerError, context.Request.Path);
    }
}
