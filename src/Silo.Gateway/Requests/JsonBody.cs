using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using System.Text.Unicode;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Net.Http.Headers;
using Silo.Contracts.Problems;
using Silo.Gateway.Problems;

namespace Silo.Gateway.Requests;

/// <summary>A request's body, read whole and strictly.</summary>
internal static class JsonBody
{
    /// <summary>The bytes of a body that says it is JSON; an empty one is allowed only where nothing need be said.</summary>
    /// <remarks>What is read counts as held by the request until it has ended.</remarks>
    /// <exception cref="BadHttpRequestException">The body is larger than the limit, ends early, or is no HTTP.</exception>
    public static async Task<(ReadOnlyMemory<byte> Utf8, ProblemResult? Refusal)> ReadBytesAsync(HttpContext context, GatewayOptions options)
    {
        if (!Says(context.Request, "application/json"))
        {
            return (default, ApiProblems.UnsupportedMediaType(context.Request.ContentType));
        }

        if (context.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } limit)
            limit.MaxRequestBodySize = options.BodyBytesMax;
        if (context.Request.ContentLength > options.BodyBytesMax)
            return (default, ApiProblems.BodyTooLarge(options.BodyBytesMax));

        var hold = context.RequestServices.GetRequiredService<BodyMemory>().Open();
        context.Response.RegisterForDispose(hold);
        using var buffer = new MemoryStream();
        if (await ReadAllAsync(context, buffer, hold, options.BodyTimeMax) is { } refusal)
            return (default, refusal);
        var bytes = buffer.GetBuffer().AsMemory(0, (int)buffer.Length);
        // A byte order mark is what some editors and shells put in front; it is no part of the JSON.
        return (bytes.Span.StartsWith("\uFEFF"u8) ? bytes[3..] : bytes, null);
    }

    /// <summary>Reads a record; what is wrong goes to <paramref name="problems"/>. The answer is null when too little was right to look at it further.</summary>
    /// <param name="root">What to call the whole body in a problem's path; empty when its fields stand for themselves.</param>
    public static T? Parse<T>(ReadOnlyMemory<byte> utf8, JsonTypeInfo<T> info, string root, RequestProblems problems)
        where T : class
    {
        if (!Utf8.IsValid(utf8.Span))
        {
            problems.Add("body", ProblemCodes.InvalidJson, "must be UTF-8");
            return null;
        }

        if (!JsonEscapes.ArePaired(utf8.Span))
        {
            problems.Add("body", ProblemCodes.InvalidJson, "has a \\u escape that is half of a surrogate pair");
            return null;
        }

        try
        {
            if (JsonSerializer.Deserialize(utf8.Span, info) is { } value)
                return value;
        }
        catch (JsonException)
        {
            // The serializer stops at the first problem and names it in its own words: the shape check below finds all of them.
        }

        return new ShapeCheck(info.Options, problems).Salvage(utf8, info, root);
    }

    // Memory grows with what has arrived, never with what was announced: announcing costs a client nothing.
    private static async Task<ProblemResult?> ReadAllAsync(HttpContext context, MemoryStream buffer, BodyMemory.BodyHold hold, TimeSpan timeMax)
    {
        var body = context.Request.BodyReader;
        var time = context.RequestServices.GetRequiredService<TimeProvider>();
        using var late = new CancellationTokenSource();
        ITimer? limit = null;
        try
        {
            using var aborted = context.RequestAborted.UnsafeRegister(static source => ((CancellationTokenSource)source!).Cancel(), late);
            while (true)
            {
                var reading = body.ReadAsync(late.Token);
                // Most bodies are there at once, and need no timer.
                if (!reading.IsCompleted)
                    limit ??= time.CreateTimer(static source => ((CancellationTokenSource)source!).Cancel(), late, timeMax, Timeout.InfiniteTimeSpan);
                var read = await reading;
                var length = buffer.Length + read.Buffer.Length;
                var room = length <= buffer.Capacity ? buffer.Capacity : Math.Max(length, Math.Min(2L * buffer.Capacity, context.Request.ContentLength ?? long.MaxValue));
                if (!hold.TryHold(room))
                {
                    body.AdvanceTo(read.Buffer.End);
                    return ApiProblems.TooManyBodies();
                }

                buffer.Capacity = (int)room;
                foreach (var part in read.Buffer)
                    buffer.Write(part.Span);
                body.AdvanceTo(read.Buffer.End);
                if (read.IsCompleted)
                    return null;
            }
        }
        catch (OperationCanceledException) when (!context.RequestAborted.IsCancellationRequested)
        {
            return ApiProblems.OfStatus(StatusCodes.Status408RequestTimeout, context.Request.Path);
        }
        catch (IOException broken) when (broken is not BadHttpRequestException)
        {
            // A chunk size beyond all bounds comes as this; what the web server could not read is the client's doing.
            throw new BadHttpRequestException("The body could not be read.", broken);
        }
        finally
        {
            if (limit is not null)
                await limit.DisposeAsync();
        }
    }

    /// <summary>Whether the body is said to be of a media type, in UTF-8 and not compressed.</summary>
    public static bool Says(HttpRequest request, string mediaType) =>
        MediaTypeHeaderValue.TryParse(request.ContentType, out var type)
        && type.MediaType.Equals(mediaType, StringComparison.OrdinalIgnoreCase)
        && (!type.Charset.HasValue || type.Charset.Equals("utf-8", StringComparison.OrdinalIgnoreCase) || type.Charset.Equals("\"utf-8\"", StringComparison.OrdinalIgnoreCase))
        && request.Headers.ContentEncoding is [] or ["identity"];
}
