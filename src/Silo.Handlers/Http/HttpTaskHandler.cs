using System.Text.Json;
using Silo.Core.Handlers;
using Silo.Core.Tasks;

namespace Silo.Handlers.Http;

/// <summary>Makes one HTTP request to the public internet, or to what the settings allow.</summary>
internal sealed class HttpTaskHandler(HttpHandlerOptions options, AddressGuard guard, HttpExchange exchange) : ITaskHandler<HttpPayload, HttpResult>, IPayloadCheck<HttpPayload>
{
    // An escaped character takes at most six; what stands around a body is headers, bounded where they are read.
    private const int EscapedSizeMax = 6;
    private const int AroundBodyBytesMax = 128 * 1024;

    public PayloadProblem? Check(HttpPayload payload)
    {
        if (UrlRules.Read(payload.Url, out var url) is { } urlRule)
            return new PayloadProblem("payload.url", urlRule) { Code = UrlRules.RefusalCode };
        if (guard.RefuseHost(url!.IdnHost) is { } addressRule)
            return new PayloadProblem("payload.url", addressRule) { Code = AddressGuard.RefusalCode };
        if (payload.Method is not ("GET" or "POST"))
            return new PayloadProblem("payload.method", $"must be GET or POST, not '{payload.Method}'");
        if (payload is { Method: "GET", Body: not null })
            return new PayloadProblem("payload.body", "must be left out of a GET");
        if (payload.TimeoutSeconds is { } seconds && !(seconds > 0 && seconds <= options.TimeoutMax.TotalSeconds))
            return new PayloadProblem("payload.timeoutSeconds", $"{seconds} is not above 0 and at most {options.TimeoutMax.TotalSeconds}");
        if (payload.ExpectStatus is { Count: 0 } || payload.ExpectStatus?.Any(status => status is < 200 or > 599) == true)
            return new PayloadProblem("payload.expectStatus", "must be one or more statuses from 200 to 599");
        return HeaderRules.Check(payload.Headers);
    }

    public async Task<HttpResult> RunAsync(HttpPayload payload, TaskContext context, CancellationToken cancellationToken)
    {
        var limit = payload.TimeoutSeconds is { } seconds ? TimeSpan.FromSeconds(seconds) : options.TimeoutDefault;
        using var timeOut = new CancellationTokenSource(limit, context.Time);
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, timeOut.Token);
        try
        {
            UrlRules.Read(payload.Url, out var url);
            var result = await exchange.RunAsync(HttpStep.First(payload, url!, context.IdempotencyKey), payload.ExpectStatus, context.Time, ended.Token);
            ThrowIfTooBig(result);
            return result;
        }
        catch (Exception failure) when (failure is OperationCanceledException or HttpRequestException or IOException)
        {
            cancellationToken.ThrowIfCancellationRequested();
            throw timeOut.IsCancellationRequested
                ? new TaskFailedException("http_timeout", $"{payload.Url} was not done within {limit.TotalSeconds:0.###} s.", retry: true)
                : Explain(payload.Url, failure);
        }
    }

    private static TaskFailedException Explain(string url, Exception failure)
    {
        var cause = failure;
        for (; cause is not null and not AddressNotAllowedException; cause = cause.InnerException)
        {
        }

        return cause is AddressNotAllowedException
            ? new TaskFailedException(AddressGuard.RefusalCode, $"{url}: {cause.Message}.", retry: false)
            : new TaskFailedException("http_unreachable", $"{url}: {(failure.InnerException ?? failure).Message}", retry: true);
    }

    /// <summary>Escapes and base64 make a body longer, so one that fitted as it came may not fit as a result.</summary>
    private void ThrowIfTooBig(HttpResult result)
    {
        if (((long)result.Bytes * EscapedSizeMax) + AroundBodyBytesMax <= TaskLimits.ResultBytesMax)
            return;
        var length = JsonSerializer.SerializeToUtf8Bytes(result, HandlerJson.Options).Length;
        if (length > TaskLimits.ResultBytesMax)
            throw ResponseBody.TooBig($"{result.Bytes} bytes, {length} as JSON", Math.Min(options.ResponseBytesMax, TaskLimits.ResultBytesMax));
    }
}
