using Silo.Gateway.Tests.Hosting;
using Silo.Gateway.Tests.Tasks.Streams;

namespace Silo.Gateway.Tests.Limits;

/// <summary>Limits of what a request may hold, at other values than their defaults, so that it is the option which is obeyed.</summary>
public sealed class RequestLimitTests
{
    private const string One = """{"type":"echo"}""";

    [Fact]
    public async Task Payload_AboveTheLimitThatIsSet_IsTooLarge()
    {
        await using var server = await GatewayServer.StartAsync(new GatewayOptions { PayloadBytesMax = 2048 });

        Assert.Equal(201, (await server.PostAsync("/api/v1/tasks", Task(2048))).Code);
        var refused = await server.PostAsync("/api/v1/tasks", Task(2049));
        var line = await server.SendAsync(OpenStream.Whole(Task(2049) + "\n"));

        Assert.Equal((413, "payload_too_large"), (refused.Code, refused.Problem));
        Assert.Contains("must be at most 2048 bytes; 2049 were given", refused.Json.GetProperty("detail").GetString(), StringComparison.Ordinal);
        Assert.Contains("payload_too_large", line.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Line_AboveThePayloadAndItsMargin_IsTooLong()
    {
        await using var server = await GatewayServer.StartAsync(new GatewayOptions { PayloadBytesMax = 2048 });
        var longest = new string(' ', 2048 + (1024 * 1024) - One.Length) + One;

        var answer = await server.SendAsync(OpenStream.Whole($"{longest}\n {longest}\n"));

        var lines = answer.Text.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Contains("\"number\":1", lines[0], StringComparison.Ordinal);
        Assert.Contains("line_too_long", lines[1], StringComparison.Ordinal);
    }

    [Fact]
    public async Task Depth_AboveTheLimitThatIsSet_IsInvalid()
    {
        await using var server = await GatewayServer.StartAsync(new GatewayOptions { JsonDepthMax = 10 });

        Assert.Equal(201, (await server.PostAsync("/api/v1/tasks", $$"""{"type":"echo","payload":{{Nested(9)}}}""")).Code);
        var refused = await server.PostAsync("/api/v1/tasks", $$"""{"type":"echo","payload":{{Nested(10)}}}""");

        Assert.Equal((400, "invalid_json"), (refused.Code, refused.Problem));
        Assert.Contains("at most 10 levels deep", refused.Json.GetProperty("detail").GetString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(71, 200)]
    [InlineData(72, 400)]
    public async Task Depth_OfANode_IsSixtyFourMore(int levels, int status)
    {
        await using var server = await GatewayServer.StartAsync(new GatewayOptions { JsonDepthMax = 10 });
        var report = $$"""{"id":"{{Samples.Id(1)}}","attempt":1,"dispatch":1,"end":"succeeded","ranSeconds":1,"result":{{Nested(levels)}}}""";

        Assert.Equal(status, (await server.PostAsync("/api/v1/nodes/a/complete", $$"""{"incarnation":7,"reports":[{{report}}]}""")).Code);
    }

    [Fact]
    public async Task Batch_AboveTheLimitThatIsSet_IsRefusedWhole()
    {
        await using var server = await GatewayServer.StartAsync(new GatewayOptions { BatchTasksMax = 2 });

        Assert.Equal(200, (await server.PostAsync("/api/v1/tasks", $"[{One},{One}]")).Code);
        var refused = await server.PostAsync("/api/v1/tasks", $"[{One},{One},{One}]");

        Assert.Equal((422, "out_of_range"), (refused.Code, refused.Problem));
        Assert.Contains("at most 2 items; 3 were given", refused.Json.GetProperty("detail").GetString(), StringComparison.Ordinal);
        Assert.Single(server.Client.Submitted);
    }

    private static string Task(int payloadBytes) => $$"""{"type":"echo","payload":"{{new string('x', payloadBytes - 2)}}"}""";

    private static string Nested(int levels) => new string('[', levels) + new string(']', levels);
}
