using System.Text.Json;
using Silo.Core.Storage;
using Silo.Core.Tasks;
using Silo.Gateway.Tasks.Streams;
using Silo.Gateway.Tests.Hosting;

namespace Silo.Gateway.Tests.Tasks.Streams;

public sealed class SubmitStreamTests
{
    [Fact]
    public async Task Stream_GoodAndBadLines_EachIsAnsweredInItsPlace()
    {
        await using var server = await GatewayServer.StartAsync();

        var answer = await server.SendAsync(OpenStream.Whole(
            "\uFEFF{\"type\":\"echo\"}\r\n\n  \t\n{\"type\":\n{\"type\":\"ecko\"}\n{\"type\":\"echo\",\"priority\":101}\n{\"type\":\"echo\",\"payload\":\"\u00fc\"}"));

        Assert.Equal((200, "application/x-ndjson"), (answer.Code, answer.ContentType));
        Assert.Equal(["1", "4:invalid_json", "5:unknown_type", "6:out_of_range", "2"], Lines(answer).Select(Shown));
        Assert.Equal(2, server.Client.Submitted.Sum(group => group.Count));
    }

    [Fact]
    public async Task Stream_LineOverTheLimit_IsRefusedAndTheNextIsStored()
    {
        await using var server = await GatewayServer.StartAsync();
        var line = new string('x', new GatewayOptions().LineBytesMax + 1);

        var answer = await server.SendAsync(OpenStream.Whole($"{line}\n{{\"type\":\"echo\"}}\n{line}{line}"));

        Assert.Equal(["1:line_too_long", "1", "3:line_too_long"], Lines(answer).Select(Shown));
    }

    [Fact]
    public async Task Stream_PayloadAtItsLimit_IsStored()
    {
        await using var server = await GatewayServer.StartAsync();
        string Task(int bytes) => $$"""{"type":"echo","payload":"{{new string('x', bytes - 2)}}"}""";

        var answer = await server.SendAsync(OpenStream.Whole($"{Task(TaskLimits.PayloadBytesMax)}\n{Task(TaskLimits.PayloadBytesMax + 1)}\n"));

        Assert.Equal(["1", "2:payload_too_large"], Lines(answer).Select(Shown));
    }

    [Fact]
    public async Task Stream_ManyLines_AreStoredInBoundedGroups()
    {
        await using var server = await GatewayServer.StartAsync();
        const int tasks = 5 * SubmitStream.GroupLinesMax + 1;

        var answer = await server.SendAsync(OpenStream.Whole(string.Concat(Enumerable.Repeat("{\"type\":\"echo\"}\n", tasks))));

        Assert.Equal(tasks, Lines(answer).Select(line => line.GetProperty("id").GetGuid()).Distinct().Count());
        Assert.All(server.Client.Submitted, group => Assert.InRange(group.Count, 1, SubmitStream.GroupLinesMax));
    }

    [Fact]
    public async Task Stream_SenderPauses_EarlierLinesAreAnswered()
    {
        await using var server = await GatewayServer.StartAsync();
        using var stream = await OpenStream.StartAsync(server);

        await stream.WriteAsync("{\"type\":\"echo\"}\n{\"type\":");
        var first = await stream.ReadAnswerAsync();
        await stream.WriteAsync("\"echo\"}\n");
        var second = await stream.ReadAnswerAsync();
        await stream.EndAsync();

        Assert.Equal(["1", "1"], new[] { first, second }.Select(line => Shown(JsonElement.Parse(line!))));
        Assert.Null(await stream.ReadAnswerAsync());
    }

    [Fact]
    public async Task Stream_ServerStops_SaysThatTheRestWasNotRead()
    {
        await using var server = await GatewayServer.StartAsync();
        using var stream = await OpenStream.StartAsync(server);
        await stream.WriteAsync("{\"type\":\"echo\"}\n");
        await stream.ReadAnswerAsync();

        var stopping = server.StopAsync();

        Assert.Equal("2:not_ready", Shown(JsonElement.Parse((await stream.ReadAnswerAsync())!)));
        await stopping;
    }

    [Fact]
    public async Task Stream_StoreFailsForAWhile_OnlyThoseLinesAreRefused()
    {
        await using var server = await GatewayServer.StartAsync();
        using var stream = await OpenStream.StartAsync(server);
        List<string> shown = [];
        foreach (var failure in (Exception?[])[new StoreUnavailableException(), new StoreUnknownException(), null])
        {
            server.Client.Failure = () => failure;
            await stream.WriteAsync("{\"type\":\"echo\"}\n");
            shown.Add(Shown(JsonElement.Parse((await stream.ReadAnswerAsync())!)));
        }

        Assert.Equal(["1:store_unavailable", "2:outcome_unknown", "1"], shown);
    }

    [Fact]
    public async Task Stream_KeyOfAnotherTask_IsAConflictOfThatLine()
    {
        await using var server = await GatewayServer.StartAsync();
        server.Client.OnInsert = (task, index) => new InsertAnswer(index == 0 ? InsertKind.KeyConflict : InsertKind.Duplicate, Samples.Id(9), 9);

        var answer = await server.SendAsync(OpenStream.Whole("{\"type\":\"echo\",\"idempotencyKey\":\"k\"}\n{\"type\":\"echo\",\"idempotencyKey\":\"l\"}\n"));

        Assert.Equal(["1:idempotency_conflict", "9"], Lines(answer).Select(Shown));
        Assert.True(Lines(answer)[1].GetProperty("duplicate").GetBoolean());
    }

    [Fact]
    public async Task Stream_Empty_IsAnsweredWithNothing()
    {
        await using var server = await GatewayServer.StartAsync();

        var answer = await server.SendAsync(OpenStream.Whole("\n"));

        Assert.Equal((200, ""), (answer.Code, answer.Text));
    }

    [Fact]
    public async Task Stream_WithAWait_IsRefused()
    {
        await using var server = await GatewayServer.StartAsync();
        using var request = OpenStream.Whole("{\"type\":\"echo\"}\n");
        request.RequestUri = new Uri("/api/v1/tasks?wait=1", UriKind.Relative);

        Assert.Equal("unknown_field", (await server.SendAsync(request)).Problem);
    }

    private static List<JsonElement> Lines(Answer answer) => [.. answer.Text.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonElement.Parse(line))];

    // The number of a stored task, or the line and code of a problem.
    private static string Shown(JsonElement line) => line.TryGetProperty("code", out var code) ? $"{line.GetProperty("line")}:{code}" : $"{line.GetProperty("number")}";
}
