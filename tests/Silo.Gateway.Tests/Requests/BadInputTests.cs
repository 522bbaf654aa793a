using System.Net.Http.Headers;
using System.Text;
using Silo.Gateway.Tests.Hosting;
using Silo.Testing;

namespace Silo.Gateway.Tests.Requests;

/// <summary>Whatever is sent, the answer is a problem with a code that blames the sender, never a failure of the server.</summary>
public sealed class BadInputTests
{
    private static readonly (string Method, string Path, string Good)[] Routes =
    [
        ("POST", "/api/v1/tasks", """{"type":"echo","payload":{"a":[1]},"priority":1,"retry":{"attempts":2},"placement":{"excludeNodes":["a"],"labels":{"a":"b"}},"labels":{"a":"b"}}"""),
        ("POST", "/api/v1/tasks", """[{"type":"echo","delaySeconds":1},{"type":"echo","runAt":"2030-01-01T13:00:00Z"}]"""),
        ("PUT", "/api/v1/queues/mail", """{"strategy":"random","paused":true,"concurrencyMax":3}"""),
        ("POST", "/api/v1/nodes/w/register", """{"instance":"i","slots":1,"types":["a"],"labels":{"a":"b"},"weight":3,"tier":"primary","kind":"http","beatIntervalSeconds":1}"""),
        ("POST", "/api/v1/nodes/w/lease", """{"incarnation":1,"number":1,"max":1,"waitSeconds":0}"""),
        ("POST", "/api/v1/nodes/w/complete", """{"incarnation":1,"reports":[{"id":"01900000-0000-7000-8000-000000000001","attempt":1,"dispatch":1,"end":"failed","ranSeconds":1,"result":[],"error":{"code":"c","message":"m"}}],"returned":[{"id":"01900000-0000-7000-8000-000000000001","attempt":1,"dispatch":1}]}"""),
        ("POST", "/api/v1/nodes/w/progress", """{"incarnation":1,"items":[{"id":"01900000-0000-7000-8000-000000000001","attempt":1,"percent":1,"message":"m","logs":["a"]}]}"""),
        ("POST", "/api/v1/nodes/w/beat", """{"incarnation":1,"running":1,"lastLease":1,"load":{"cpuPercent":1,"memoryPercent":1},"started":[{"id":"01900000-0000-7000-8000-000000000001","attempt":1,"runningForSeconds":2}],"held":{"count":1,"hash":"0123456789abcdef"}}"""),
        ("POST", "/api/v1/nodes/w/adopt", """{"incarnation":1,"number":1,"registration":{"instance":"i","slots":1,"types":["a"]},"held":[{"returned":true,"task":{"id":"01900000-0000-7000-8000-000000000001","attempt":1,"dispatch":1,"type":"a","queue":"q","priority":1,"runAt":"2030-01-01T13:00:00Z","timeoutSeconds":1,"retry":{"attempts":2},"idempotencyKey":"k","payload":{}}}]}"""),
        ("POST", "/api/v1/nodes/w/leave", """{"incarnation":1}"""),
        ("POST", "/api/v1/tasks/01900000-0000-7000-8000-000000000001/cancel", "{}"),
        ("POST", "/api/v1/nodes/alpha/drain", "{}"),
    ];

    private static readonly string[] Junk =
    [
        "null", "true", "0", "-1", "1.5", "1e999", "-1e999", "99999999999999999999", "\"\"", "\"x\"", "\"\\u0000\"", "\"\\ud800\"", "\"\\udc00\\ud800\"", "[]", "[[]]", "[null]",
        "{}", "{\"\":1}", "{\"a\":1,\"a\":2}", "{\"$type\":\"x\"}", "{\"\\ud800\":1}",
    ];

    public static TheoryData<int> EveryRoute => [.. Enumerable.Range(0, Routes.Length)];

    [Theory]
    [MemberData(nameof(EveryRoute))]
    public async Task Route_GoodBody_IsTaken(int route)
    {
        await using var server = await GatewayServer.StartAsync();
        var (method, path, good) = Routes[route];

        // A number that names no task, or a drain: what matters is that the form was not refused.
        Assert.InRange((await server.SendAsync(new HttpMethod(method), path, good)).Code, 200, 202);
    }

    [Theory]
    [MemberData(nameof(EveryRoute))]
    public async Task Route_SpoiledBodies_NeverFailTheServer(int route)
    {
        await using var server = await GatewayServer.StartAsync();
        var (method, path, good) = Routes[route];

        foreach (var body in Junk.Select(Encoding.UTF8.GetBytes).Concat(Spoiled(good)))
        {
            var answer = await server.SendAsync(new HttpMethod(method), path, body);
            Assert.True(answer.Code < 500, $"{answer.Code} for {Encoding.UTF8.GetString(body)}: {answer.Text}");
            Assert.True(answer.Code < 300 || (answer.Problem is not null && answer.Json.GetProperty("status").GetInt32() == answer.Code), $"{answer.Code} without a problem for {Encoding.UTF8.GetString(body)}");
        }
    }

    [Theory]
    [InlineData("text/plain")]
    [InlineData("application/xml")]
    [InlineData("application/json; charset=utf-16")]
    [InlineData("nonsense")]
    [InlineData(null)]
    public async Task Body_NotSaidToBeJson_Is415(string? contentType)
    {
        await using var server = await GatewayServer.StartAsync();
        var content = new ByteArrayContent("""{"type":"echo"}"""u8.ToArray());
        if (contentType is not null)
            content.Headers.TryAddWithoutValidation("Content-Type", contentType);

        var answer = await server.SendAsync(new HttpRequestMessage(HttpMethod.Post, "/api/v1/tasks") { Content = content });

        Assert.Equal((415, "unsupported_media_type"), (answer.Code, answer.Problem));
    }

    [Fact]
    public async Task Body_Compressed_Is415()
    {
        await using var server = await GatewayServer.StartAsync();
        var content = new ByteArrayContent([0x1f, 0x8b]) { Headers = { ContentType = new MediaTypeHeaderValue("application/json"), ContentEncoding = { "gzip" } } };

        Assert.Equal(415, (await server.SendAsync(new HttpRequestMessage(HttpMethod.Post, "/api/v1/tasks") { Content = content })).Code);
    }

    [Fact]
    public async Task Body_WithByteOrderMark_IsRead()
    {
        await using var server = await GatewayServer.StartAsync();

        Assert.Equal(201, (await server.SendAsync(HttpMethod.Post, "/api/v1/tasks", [0xef, 0xbb, 0xbf, .. """{"type":"echo"}"""u8])).Code);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Body_AboveTheLimit_Is413(bool chunked)
    {
        await using var server = await GatewayServer.StartAsync(new GatewayOptions { BodyBytesMax = GatewayOptions.BodyBytesMin });
        using var body = new MemoryStream(Encoding.UTF8.GetBytes($$"""{"type":"echo","payload":"{{new string('x', (int)GatewayOptions.BodyBytesMin)}}"}"""));
        var content = new StreamContent(body) { Headers = { ContentType = new MediaTypeHeaderValue("application/json") } };
        var request = new HttpRequestMessage(HttpMethod.Post, "/api/v1/tasks") { Content = content };
        request.Headers.TransferEncodingChunked = chunked;

        var answer = await server.SendAsync(request);

        Assert.Equal((413, "body_too_large"), (answer.Code, answer.Problem));
    }

    [Theory]
    [InlineData("GET", "/api/v1/nothing", 404, "not_found")]
    [InlineData("GET", "/api/v2/tasks", 404, "not_found")]
    [InlineData("GET", "/nowhere", 404, "not_found")]
    [InlineData("DELETE", "/api/v1/tasks", 405, "method_not_allowed")]
    [InlineData("POST", "/api/v1/overview", 405, "method_not_allowed")]
    [InlineData("GET", "/api/v1/nodes/a/lease", 405, "method_not_allowed")]
    [InlineData("GET", "/api/v1/nodes?x=1", 400, "unknown_field")]
    [InlineData("GET", "/api/v1/overview?x=1", 400, "unknown_field")]
    [InlineData("GET", "/api/v1/scaling?queue=mail", 400, "unknown_field")]
    public async Task Path_OrMethod_ThatIsNot_IsAProblem(string method, string path, int status, string code)
    {
        await using var server = await GatewayServer.StartAsync();

        var answer = await server.SendAsync(new HttpMethod(method), path, (byte[]?)null);

        Assert.Equal((status, code), (answer.Code, answer.Problem));
    }

    /// <summary>What a sender made up is not compared in full at every problem, nor sent back in full.</summary>
    [Theory]
    [InlineData("""{"NAME":1}""")]
    [InlineData("""{"type":"echo","labels":{"NAME":"x"}}""")]
    [InlineData("""{"type":"echo","x":1,"payload":{"NAME":[[],[],{"a":1,"a":2}]}}""")]
    [InlineData("""{"type":"echo","queue":"NAME"}""")]
    public async Task Field_WithAnEndlessName_IsRefusedInFewWords(string form)
    {
        await using var server = await GatewayServer.StartAsync();
        var body = Encoding.UTF8.GetBytes(form.Replace("NAME", new string('.', 1_000_000), StringComparison.Ordinal));

        var answer = await Await.Within(server.SendAsync(HttpMethod.Post, "/api/v1/tasks", body), TimeSpan.FromSeconds(30), "a refusal");

        Assert.InRange(answer.Code, 400, 422);
        Assert.InRange(answer.Text.Length, 1, 5_000);
    }

    [Fact]
    public async Task Strategy_WithAnEndlessName_IsRefusedInFewWords()
    {
        await using var server = await GatewayServer.StartAsync();

        var answer = await server.SendAsync(HttpMethod.Put, "/api/v1/queues/mail", Encoding.UTF8.GetBytes($$"""{"strategy":"{{new string('x', 1_000_000)}}"}"""));

        Assert.Equal((422, "unknown_strategy"), (answer.Code, answer.Problem));
        Assert.InRange(answer.Text.Length, 1, 5_000);
    }

    /// <summary>The node protocol allows more levels than the JSON reader's own default.</summary>
    [Fact]
    public async Task Field_MissingBesideADeepValue_IsNamed()
    {
        await using var server = await GatewayServer.StartAsync();
        var deep = new string('[', 100) + new string(']', 100);

        var answer = await server.SendAsync(
            HttpMethod.Post,
            "/api/v1/nodes/w/complete",
            Encoding.UTF8.GetBytes($$"""{"incarnation":1,"reports":[{"id":"01900000-0000-7000-8000-000000000001","attempt":1,"dispatch":1,"end":"succeeded","result":{{deep}}}]}"""));

        Assert.Equal((400, "missing_field"), (answer.Code, answer.Problem));
        Assert.Contains("reports[0].ranSeconds must be given", answer.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Field_WhereNoneIsKnown_SaysSo()
    {
        await using var server = await GatewayServer.StartAsync();

        var answer = await server.SendAsync(HttpMethod.Post, "/api/v1/nodes/alpha/drain", "{\"x\":1}"u8.ToArray());

        Assert.Contains("x is no field here; there are none", answer.Text, StringComparison.Ordinal);
    }

    /// <summary>The good body cut at every tenth place, with bytes that are no UTF-8, and with each of its values replaced by junk.</summary>
    private static IEnumerable<byte[]> Spoiled(string good)
    {
        for (var length = 0; length < good.Length; length += 10)
            yield return Encoding.UTF8.GetBytes(good[..length]);
        yield return [.. Encoding.UTF8.GetBytes(good), 0x7d];
        yield return Encoding.Latin1.GetBytes(good.Replace("\"a\"", "\"\u00e9\"", StringComparison.Ordinal) + "\u00ff");
        yield return Encoding.Unicode.GetBytes(good);
        yield return Encoding.UTF8.GetBytes(good.Insert(1, new string('[', 200)));
        foreach (var place in Enumerable.Range(0, good.Length).Where(place => good[place] == ':' && good[place - 1] == '"'))
        {
            var end = good.IndexOfAny([',', '}'], place);
            foreach (var junk in Junk)
                yield return Encoding.UTF8.GetBytes(string.Concat(good.AsSpan(0, place + 1), junk, good.AsSpan(end)));
        }
    }
}
