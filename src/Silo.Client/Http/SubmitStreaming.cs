using System.Buffers;
using System.Net.Http.Headers;
using System.Runtime.CompilerServices;
using System.Text.Json;
using Silo.Contracts.Json;
using Silo.Contracts.Tasks;

namespace Silo.Client.Http;

/// <summary>Sends a stream of tasks as newline-delimited JSON, one group per request.</summary>
/// <remarks>HTTP/1.1 as .NET speaks it reads no answer before the request is sent, so one endless request could not tell its caller anything.</remarks>
internal sealed class SubmitStreaming(ApiConnection connection, string path, TimeSpan limit)
{
    public const int GroupTasksMax = 1000;

    /// <summary>Bytes that close a group. One group and its answers fit in what lies between client and server, so neither waits for the other.</summary>
    public const int GroupBytesMax = 512 * 1024;

    /// <summary>Groups sent and not yet answered: while one is stored, the next is on its way.</summary>
    public const int GroupsMax = 2;

    private static readonly MediaTypeHeaderValue Ndjson = new("application/x-ndjson");

    private readonly Queue<Task<IReadOnlyList<SubmitAnswer>>> _sent = new();
    private ArrayBufferWriter<byte> _group = new();
    private int _tasks;

    public async IAsyncEnumerable<SubmitAnswer> RunAsync(IAsyncEnumerable<SubmitTaskRequest> tasks, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await using var source = tasks.GetAsyncEnumerator(cancellationToken);
        using var json = new Utf8JsonWriter(_group);
        while (true)
        {
            var next = source.MoveNextAsync().AsTask();
            while (!next.IsCompleted && await AnswersBeforeAsync(next, cancellationToken) is { } early)
            {
                foreach (var answer in early)
                    yield return answer;
            }

            var more = await next;
            if (more)
                Add(source.Current, json);
            if (_tasks == GroupTasksMax || _group.WrittenCount >= GroupBytesMax || !more)
                Send(cancellationToken);
            while (_sent.Count > (more ? GroupsMax - 1 : 0))
            {
                foreach (var answer in await _sent.Dequeue())
                    yield return answer;
            }

            if (!more)
                yield break;
        }
    }

    // While the source pauses: what it gave is sent once nothing else is on its way, and answers are handed on as they come. Null when the source has more.
    private async Task<IReadOnlyList<SubmitAnswer>?> AnswersBeforeAsync(Task<bool> next, CancellationToken cancellationToken)
    {
        if (_sent.Count == 0)
            Send(cancellationToken);
        if (_sent.Count == 0)
        {
            await Task.WhenAny(next);
            return null;
        }

        var first = _sent.Peek();
        return await Task.WhenAny(next, first) == first ? await _sent.Dequeue() : null;
    }

    private void Add(SubmitTaskRequest task, Utf8JsonWriter json)
    {
        json.Reset(_group);
        JsonSerializer.Serialize(json, task, ApiJson.Wire.SubmitTaskRequest);
        json.Flush();
        _group.Write("\n"u8);
        _tasks++;
    }

    private void Send(CancellationToken cancellationToken)
    {
        if (_tasks == 0)
            return;
        var (group, tasks) = (_group, _tasks);
        (_group, _tasks) = (new ArrayBufferWriter<byte>(), 0);
        var content = new ReadOnlyMemoryContent(group.WrittenMemory) { Headers = { ContentType = Ndjson } };
        _sent.Enqueue(connection.SendAsync(HttpMethod.Post, path, content, (response, body) => Read(response, body, tasks), limit, cancellationToken));
    }

    private static IReadOnlyList<SubmitAnswer> Read(HttpResponseMessage response, byte[] body, int tasks)
    {
        var answers = new List<SubmitAnswer>(tasks);
        foreach (var range in body.AsSpan().Split((byte)'\n'))
        {
            var line = body.AsSpan(range);
            if (!line.IsEmpty)
                answers.Add(ReadLine(response, line));
        }

        // A server that stops in the midst says so in its last line, which then stands for every task after it.
        while (answers.Count > 0 && answers.Count < tasks && answers[^1].Problem is not null)
            answers.Add(answers[^1]);
        return answers.Count == tasks
            ? answers
            : throw new HttpRequestException(HttpRequestError.ResponseEnded, $"{answers.Count} of {tasks} tasks were answered; the others may have been stored.");
    }

    // A problem names its status; a stored task has none. A line without the word need not be read twice to know.
    private static SubmitAnswer ReadLine(HttpResponseMessage response, ReadOnlySpan<byte> line) =>
        line.IndexOf("\"status\""u8) >= 0 && ApiConnection.Read(response, line, ApiJson.Wire.JsonElement).TryGetProperty("status", out _)
            ? new SubmitAnswer(null, ApiConnection.Read(response, line, ApiJson.Wire.ApiProblem))
            : new SubmitAnswer(ApiConnection.Read(response, line, ApiJson.Wire.SubmittedTask), null);
}
