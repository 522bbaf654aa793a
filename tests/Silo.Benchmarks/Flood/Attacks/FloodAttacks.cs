using System.Globalization;
using System.Text;

namespace Silo.Benchmarks.Flood.Attacks;

/// <summary>Everything that a server is flooded with at once.</summary>
internal static class FloodAttacks
{
    private const int LargeBodyBytes = 8 * 1024 * 1024;

    private static readonly TimeSpan Drip = TimeSpan.FromSeconds(1);

    public static IReadOnlyList<IFloodAttack> All(FloodTarget target, FloodOptions options)
    {
        var list = new WrongRequestList(target);
        return
        [
            new WrongRequests("malformed", list.Malformed, options.RequestsPerSecond),
            new WrongRequests("oversized", list.Oversized, Math.Max(1, options.RequestsPerSecond / 10)),
            new WrongRequests("wrong_keys", list.WrongKeys, options.RequestsPerSecond),
            Held("slow_headers", options.SlowConnections, "GET /api/v1/tasks HTTP/1.1\r\nHost: localhost\r\n", "X"),
            Held("slow_body", options.SlowConnections, Body(list, "application/json", 1000) + "{", " "),
            Held("slow_large_body", options.SlowConnections, Body(list, "application/json", LargeBodyBytes) + "[" + new string(' ', LargeBodyBytes / 64), new string(' ', 300)),
            Held("slow_lines", options.SlowConnections, Body(list, "application/x-ndjson", LargeBodyBytes) + "{\"type\":\"echo\",\"payload\":\"" + new string('x', 100_000), new string('x', 300)),
            Held("half_open", options.SlowConnections, Body(list, "application/json", 1000) + "{", "", halfClosed: true),
            Held("idle", options.IdleConnections, "", ""),
            Held("stalled_readers", options.StalledReaders, list.HeadOf("GET", "/api/v1/events") + "\r\n", ""),
            Held("unread_answers", options.SlowConnections, Lines(list), ""),
        ];
    }

    private static HeldConnections Held(string name, int count, string opening, string drip, bool halfClosed = false) =>
        new(name, count, Encoding.ASCII.GetBytes(opening), Encoding.ASCII.GetBytes(drip), Drip, halfClosed);

    private static string Body(WrongRequestList list, string type, int bytes) =>
        string.Create(CultureInfo.InvariantCulture, $"{list.HeadOf("POST", "/api/v1/tasks")}Content-Type: {type}\r\nContent-Length: {bytes}\r\n\r\n");

    // Lines that are all wrong, each of which has an answer that nobody takes.
    private static string Lines(WrongRequestList list) => Body(list, "application/x-ndjson", LargeBodyBytes) + string.Concat(Enumerable.Repeat("{\"x\":1}\n", 20_000));
}
