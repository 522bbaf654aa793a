using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Silo.Core.Engine;
using Silo.Gateway.Events;
using Silo.Gateway.Metrics;
using Silo.Gateway.Requests;

namespace Silo.Gateway.Tasks.Streams;

/// <summary><c>POST tasks</c> with newline-delimited JSON: any number of tasks in one request, each line answered by one line, in order.</summary>
internal static class SubmitStreamEndpoint
{
    public const string ContentType = "application/x-ndjson";

    /// <summary>How long a sender that is not read further has to take its last answers.</summary>
    public static readonly TimeSpan PartingTime = TimeSpan.FromSeconds(1);

    public static bool IsMeant(HttpRequest request) => JsonBody.Says(request, ContentType);

    public static async Task<IResult> SubmitAsync(HttpContext context, ISiloClient client, KnownNames names, BacklogGate backlog, SubmitTotals totals, GatewayOptions options)
    {
        if (NoQuery.Refuse(context.Request) is { } refusal)
            return refusal;
        // What is bounded is the line: the stream as a whole may be of any length.
        if (context.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } limit)
            limit.MaxRequestBodySize = null;

        var time = context.RequestServices.GetRequiredService<TimeProvider>();
        using var writer = new LineWriter(context.Response, time);
        var turns = context.RequestServices.GetRequiredService<ReadingTurns>();
        using var hold = context.RequestServices.GetRequiredService<BodyMemory>().Open();
        var submitting = new SubmitStream(new LineSubmitter(client, names, backlog, totals, options), writer, hold, turns, options.BodyTimeMax, time, context.RequestAborted);
        var stopping = context.RequestServices.GetRequiredService<IHostApplicationLifetime>().ApplicationStopping;
        try
        {
            var complete = await submitting.RunAsync(new LineReader(context.Request.BodyReader, options.LineBytesMax), stopping);
            if (!context.Response.HasStarted)
                await writer.WriteAsync([], context.RequestAborted);
            if (!complete)
                await PartAsync(context);
        }
        catch (ReaderStalledException)
        {
            context.Abort();
        }

        return Results.Empty;
    }

    // A sender that goes on sending must not hold up the server's stop; cut off at once, it might not see the last answers.
    private static async Task PartAsync(HttpContext context)
    {
        await context.Response.CompleteAsync();
        using var late = new CancellationTokenSource(PartingTime, context.RequestServices.GetRequiredService<TimeProvider>());
        try
        {
            await context.Request.Body.CopyToAsync(Stream.Null, late.Token);
        }
        catch (OperationCanceledException)
        {
            context.Abort();
        }
        catch (IOException)
        {
            // The body is broken off or no HTTP: the web server closes the connection, after what was answered.
        }
    }
}
