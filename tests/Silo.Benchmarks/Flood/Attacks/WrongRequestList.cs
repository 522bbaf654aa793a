using System.Globalization;
using System.Text;
using Silo.Core.Tasks;

namespace Silo.Benchmarks.Flood.Attacks;

/// <summary>Requests that no client should send. None of them may change anything, and none may be answered with 5xx.</summary>
internal sealed class WrongRequestList(FloodTarget target)
{
    private const int BodyBytesMax = 8 * 1024 * 1024;

    public IReadOnlyList<ReadOnlyMemory<byte>> Malformed =>
    [
        Bytes("\u0000\u0001\u0002\r\n\r\n"),
        Bytes("GET\r\n\r\n"),
        Bytes("GET /api/v1/tasks HTTP/9.9\r\nHost: localhost\r\n\r\n"),
        Bytes("GET /api/v1/tasks HTTP/1.1\r\n\r\n"),
        Bytes("GET /api/v1/%zz%00 HTTP/1.1\r\nHost: localhost\r\n\r\n"),
        Bytes("GET /health/live HTTP/1.0\r\n\r\n"),
        Get("/api/v1/../../etc/passwd"),
        Get("/api/v1/tasks?limit=99999999999999999999&after=%ff&state=nothing"),
        Get("/api/v1/tasks/99999999999999999999999999"),
        Get("/api/v1/events", "Last-Event-ID: \u0001\u0002"),
        Post(""),
        Post("{"),
        Post("[]]"),
        Post("nul"),
        Post("\"text\""),
        Post("{\"type\":1,\"payload\":{},\"unknown\":[],\"priority\":\"high\",\"delaySeconds\":1e999}"),
        Post("{\"type\":\"echo\",\"type\":\"echo\"}"),
        Post("{\"type\":\"\\ud800\"}"),
        Post($"{{\"type\":\"{new string('x', 100_000)}\"}}"),
        Post("{\"type\":\"nobody.runs.this\",\"queue\":\"nowhere\"}"),
        Post([.. "{\"type\":\"ech"u8, 0xC3, 0x28, .. "\"}"u8]),
        Post(new string('[', 100_000)),
        Post("{\"type\":\"echo\",\"payload\":" + new string('[', 10_000) + new string(']', 10_000) + "}"),
        Post(string.Concat(Enumerable.Repeat("{\"a\":", 50_000))),
        Post("[" + string.Concat(Enumerable.Repeat("{\"x\":1},", 20_000)) + "{}]"),
        Head("POST", "/api/v1/tasks", "Content-Type: application/json\r\nTransfer-Encoding: chunked", "zz\r\n{}\r\n0\r\n\r\n"u8),
        Head("POST", "/api/v1/tasks", "Content-Type: application/json\r\nTransfer-Encoding: chunked", "7fffffffffffffff\r\n{}"u8),
        Head("POST", "/api/v1/tasks", "Content-Type: application/json\r\nTransfer-Encoding: chunked\r\nContent-Length: 2", "2\r\n{}\r\n0\r\n\r\n"u8),
        Head("POST", "/api/v1/tasks", "Content-Type: application/json\r\nContent-Length: -1", "{}"u8),
        Head("POST", "/api/v1/tasks", "Content-Type: application/json\r\nContent-Length: 2\r\nContent-Length: 3", "{}"u8),
        Head("POST", "/api/v1/tasks", "Content-Type: text/plain\r\nContent-Length: 2", "{}"u8),
        Head("POST", "/api/v1/tasks", "Content-Type: application/json\r\nContent-Encoding: gzip\r\nContent-Length: 2", "{}"u8),
        Head("POST", "/api/v1/tasks", "Content-Type: application/x-ndjson\r\nContent-Length: 9", "{\n[\n\"\n}\n\n"u8),
        Head("PATCH", "/api/v1/tasks", "Content-Length: 0", []),
        Head("POST", "/api/v1/nodes/ghost/lease", "Content-Type: application/json\r\nContent-Length: 2", "{}"u8),
        Head("POST", "/api/v1/nodes/ghost/complete", "Content-Type: application/json\r\nContent-Length: 20", "{\"incarnation\":\"x\"} "u8),
        Head("PUT", "/api/v1/queues/default", "Content-Type: application/json\r\nContent-Length: 18", "{\"strategy\":\"\\u0000\""u8),
    ];

    public IReadOnlyList<ReadOnlyMemory<byte>> Oversized =>
    [
        Post($"{{\"type\":\"echo\",\"payload\":\"{new string('x', TaskLimits.PayloadBytesMax)}\"}}"),
        Head("POST", "/api/v1/tasks", string.Create(CultureInfo.InvariantCulture, $"Content-Type: application/json\r\nContent-Length: {10L * BodyBytesMax}"), []),
        Head("POST", "/api/v1/tasks", "Content-Type: application/json\r\nTransfer-Encoding: chunked", Chunk(BodyBytesMax + 1)),
        Post("[" + new string(' ', BodyBytesMax - 10) + "]"),
        Head("POST", "/api/v1/tasks", "Content-Type: application/x-ndjson\r\nTransfer-Encoding: chunked", [.. Chunk(3 * 1024 * 1024), .. "0\r\n\r\n"u8]),
        Get("/api/v1/tasks", $"X-Large: {new string('x', 64 * 1024)}"),
        Get("/api/v1/tasks", string.Concat(Enumerable.Range(0, 500).Select(number => $"X-{number}: 1\r\n")) + "X-Last: 1"),
        Get("/api/v1/tasks?label=" + new string('x', 16 * 1024)),
        Get("/" + new string('a', 6000)),
    ];

    public IReadOnlyList<ReadOnlyMemory<byte>> WrongKeys =>
    [
        Bytes("GET /api/v1/tasks HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"),
        Bytes("GET /api/v1/tasks HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nAuthorization: Bearer wrong\r\n\r\n"),
        Bytes($"GET /api/v1/events HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nX-Api-Key: {new string('k', 8000)}\r\n\r\n"),
        Bytes("POST /api/v1/tasks HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nAuthorization: Basic %%%\r\nContent-Length: 2\r\n\r\n{}"),
        Bytes("GET /api/v1/tasks HTTP/1.1\r\nHost: evil.example\r\nConnection: close\r\n\r\n"),
        Bytes("POST /api/v1/session HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nAuthorization: Bearer wrong\r\nCookie: silo_session=guess\r\nContent-Length: 0\r\n\r\n"),
    ];

    /// <summary>The head of a request that is let in, without the blank line that ends it.</summary>
    public string HeadOf(string method, string path) => $"{method} {path} HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {target.ApiKey}\r\n";

    private ReadOnlyMemory<byte> Get(string path, string header = "Accept: */*") => Bytes($"{HeadOf("GET", path)}Connection: close\r\n{header}\r\n\r\n");

    private ReadOnlyMemory<byte> Post(string body) => Post(Encoding.UTF8.GetBytes(body));

    private ReadOnlyMemory<byte> Post(byte[] body) =>
        Head("POST", "/api/v1/tasks", string.Create(CultureInfo.InvariantCulture, $"Content-Type: application/json\r\nContent-Length: {body.Length}"), body);

    private ReadOnlyMemory<byte> Head(string method, string path, string headers, ReadOnlySpan<byte> body) =>
        (byte[])[.. Encoding.Latin1.GetBytes($"{HeadOf(method, path)}Connection: close\r\n{headers}\r\n\r\n"), .. body];

    private static byte[] Chunk(int bytes) => [.. Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{bytes:x}\r\n")), .. Enumerable.Repeat((byte)' ', bytes), .. "\r\n"u8];

    private static ReadOnlyMemory<byte> Bytes(string text) => Encoding.Latin1.GetBytes(text);
}
