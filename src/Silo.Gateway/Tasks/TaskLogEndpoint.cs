using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Hosting;
using Silo.Core.Engine;
using Silo.Core.Tasks;
using Silo.Gateway.Events;
using Silo.Gateway.Problems;
using Silo.Gateway.Requests;

namespace Silo.Gateway.Tasks;

/// <summary><c>GET tasks/{task}/logs</c>: the lines that its handler logs, as text, until the task ends. Lines are live and not kept.</summary>
internal static class TaskLogEndpoint
{
    /// <summary>The task is read again this often, in case its end was not told.</summary>
    public static readonly TimeSpan RereadInterval = TaskActor.RereadInterval;

    /// <summary>Memory that the lines of a reader who is behind may take: 64 KiB.</summary>
    public const long BufferBytesMax = 64 * 1024;

    /// <summary>Stands for lines that a reader missed because it, or whoever passed them on, was behind.</summary>
    public const string MissedLine = "[silo: lines are missing here]";

    public static async Task<IResult> FollowAsync(
        HttpContext context, string task, ISiloClient client, LiveEvents live, ReaderSeats seats, TimeProvider time, IHostApplicationLifetime lifetime)
    {
        if (NoQuery.Refuse(context.Request) is { } unwanted)
            return unwanted;
        var (id, refusal) = await TaskEndpoints.IdOfAsync(task, client, context.RequestAborted);
        if (refusal is not null)
            return refusal;
        using var seat = seats.TryTake();
        if (seat is null)
            return ApiProblems.TooManyReaders();

        // Interest first, the task second: what is said between the two is then told.
        using var subscription = live.Subscribe(happened => happened.Id == id, bufferBytesMax: BufferBytesMax);
        var status = await client.ReadAsync(id, context.RequestAborted);
        if (status.Task is null)
            return ApiProblems.NoSuchTask(task);
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, lifetime.ApplicationStopping);
        // Only what came before the task was read can be among its lines too.
        var first = subscription.ReadAsync(ended.Token);
        var told = first.IsCompleted ? status.Logs : [];
        context.Response.ContentType = "text/plain; charset=utf-8";
        context.Response.Headers.CacheControl = "no-cache, no-transform";
        var output = new StreamOutput(context.Response, time);
        try
        {
            await WriteAsync(output, status.Logs, ended.Token);
            if (!status.State.IsTerminal())
                await FollowAsync(output, subscription, first, told, () => client.ReadAsync(id, ended.Token), time, ended.Token);
        }
        catch (OperationCanceledException) when (!context.RequestAborted.IsCancellationRequested)
        {
            // The server stops: the answer ends in order.
        }
        catch (ReaderStalledException)
        {
            context.Abort();
        }

        return Results.Empty;
    }

    private static async Task FollowAsync(
        StreamOutput output, EventSubscription subscription, Task<EventBatch> reading, IReadOnlyList<string> told, Func<Task<TaskStatusReply>> read, TimeProvider time, CancellationToken ended)
    {
        while (true)
        {
            var arrived = await ArrivedAsync(reading, time, ended);
            var batch = arrived ? await reading : new EventBatch([], Missed: true);
            if (arrived && batch.Missed)
                output.Write(MissedLine + "\n");
            var lines = batch.Events.SelectMany(Lines).ToList();
            await WriteAsync(output, lines[Overlap(told, lines)..], ended);
            told = [];
            if (batch.Events.Any(happened => happened.Kind == TaskEventKind.Recorded && happened.State.IsTerminal()))
                return;
            if (batch.Missed && (await read()) is { Task: null } or { State: TaskState.Succeeded or TaskState.Failed or TaskState.Cancelled })
                return;
            if (arrived)
                reading = subscription.ReadAsync(ended);
        }
    }

    private static async Task<bool> ArrivedAsync(Task reading, TimeProvider time, CancellationToken ended)
    {
        try
        {
            await reading.WaitAsync(RereadInterval, time, ended);
            return true;
        }
        catch (TimeoutException)
        {
            return false;
        }
    }

    /// <summary>How many of the first lines are the last ones told.</summary>
    private static int Overlap(IReadOnlyList<string> told, List<string> lines)
    {
        var length = Math.Min(told.Count, lines.Count);
        while (!told.TakeLast(length).SequenceEqual(lines.Take(length)))
            length--;
        return length;
    }

    private static IEnumerable<string> Lines(TaskEvent happened) =>
        happened.Progress is not { } said ? [] : said.LogsDropped > 0 ? said.Logs.Prepend(MissedLine) : said.Logs;

    private static async Task WriteAsync(StreamOutput output, IEnumerable<string> lines, CancellationToken ended)
    {
        foreach (var line in lines)
            output.Write(line.ReplaceLineEndings(" ") + "\n");
        await output.FlushAsync(ended);
    }
}
