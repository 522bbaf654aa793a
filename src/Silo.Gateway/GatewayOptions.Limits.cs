using Silo.Core.Tasks;
using Silo.Gateway.Requests;

namespace Silo.Gateway;

/// <content>How much at a time. Each limit has an answer of its own, which docs/reference/http-api.md names.</content>
public sealed partial class GatewayOptions
{
    public const long BodyBytesMin = 64 * 1024;
    public const long BodyBytesMaxMax = 1024L * 1024 * 1024;
    public const long BodiesBytesMaxMax = 64 * BodyBytesMaxMax;
    public const int PayloadBytesMin = 1024;
    public const int JsonDepthMin = 8;
    public const int JsonDepthMaxMax = 128;
    public const int BatchTasksMaxMax = 10_000;
    public const int ReadersMaxMax = 100_000;
    public const int ConnectionsMaxMax = 1_000_000;
    public const long BacklogMaxMax = 1_000_000_000_000;

    public static readonly TimeSpan TimeoutMin = TimeSpan.FromMilliseconds(100);
    public static readonly TimeSpan TimeoutMax = TimeSpan.FromHours(1);

    /// <summary>The web server looks at rates once a second.</summary>
    public static readonly TimeSpan BodyGraceTimeMin = TimeSpan.FromSeconds(1.1);

    /// <summary>The largest body that is read; more is 413 <c>body_too_large</c>. Default 8 MiB.</summary>
    public long BodyBytesMax { get; init; } = 8 * 1024 * 1024;

    /// <summary>Memory that the bodies of all requests may take at once, beside 16 KiB for each; while there is no room, a larger body is refused with 429 <c>too_many_bodies</c>.
    /// At least <see cref="BodyBytesMax"/>. Default 64 MiB.</summary>
    public long BodiesBytesMax { get; init; } = 64 * 1024 * 1024;

    /// <summary>The largest payload; more is 413 <c>payload_too_large</c>. Default, and most, 1 MiB.</summary>
    public int PayloadBytesMax { get; init; } = TaskLimits.PayloadBytesMax;

    /// <summary>Levels of JSON in a client's request; more is 400 <c>invalid_json</c>. A node may send 64 more, since it wraps what clients sent. Default 64.</summary>
    public int JsonDepthMax { get; init; } = 64;

    /// <summary>Tasks in one array; more is 422 <c>out_of_range</c>. Default 1,000.</summary>
    public int BatchTasksMax { get; init; } = 1000;

    /// <summary>How many may follow events or logs at a time; more are refused with 503 <c>too_many_readers</c>. Default 500.</summary>
    public int EventReadersMax { get; init; } = 500;

    /// <summary>Tasks that may wait; while there are more, submits are refused with 429 <c>backlog_full</c>. Default 5,000,000.</summary>
    public long BacklogMax { get; init; } = 5_000_000;

    /// <summary>Connections at a time; one more is closed at once. Default 4,096.</summary>
    public int ConnectionsMax { get; init; } = 4096;

    /// <summary>How long a request's headers may take; a slower request is answered with a bare 408. Default 10 s.</summary>
    public TimeSpan RequestHeadersTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>How long a connection may be idle between requests before it is closed. Default 130 s.</summary>
    public TimeSpan KeepAliveTimeout { get; init; } = TimeSpan.FromSeconds(130);

    /// <summary>How long a body, or a line of a stream, may take to arrive; a slower one is answered with 408 <c>body_too_slow</c>. Default 60 s.</summary>
    public TimeSpan BodyTimeMax { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>Bytes a second at which a body must arrive, after <see cref="BodyGraceTime"/>; a slower one is answered with 408 <c>body_too_slow</c>. Default 240.</summary>
    public double BodyBytesPerSecondMin { get; init; } = 240;

    /// <summary>How long a body may be slower; above 1 s. Default 5 s.</summary>
    public TimeSpan BodyGraceTime { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>How requests are read under these limits.</summary>
    internal StrictJson Json => field ??= new StrictJson(JsonDepthMax);

    /// <summary>The longest line of a stream: the fields beside the payload have bounds of their own, far below the difference.</summary>
    internal int LineBytesMax => PayloadBytesMax + (1024 * 1024);

    private IEnumerable<string> LimitProblems()
    {
        (string Name, double Value, double Min, double Max)[] numbers =
        [
            (nameof(BodyBytesMax), BodyBytesMax, BodyBytesMin, BodyBytesMaxMax),
            (nameof(BodiesBytesMax), BodiesBytesMax, BodyBytesMax, BodiesBytesMaxMax),
            (nameof(PayloadBytesMax), PayloadBytesMax, PayloadBytesMin, TaskLimits.PayloadBytesMax),
            (nameof(JsonDepthMax), JsonDepthMax, JsonDepthMin, JsonDepthMaxMax),
            (nameof(BatchTasksMax), BatchTasksMax, 1, BatchTasksMaxMax),
            (nameof(EventReadersMax), EventReadersMax, 0, ReadersMaxMax),
            (nameof(BacklogMax), BacklogMax, 1, BacklogMaxMax),
            (nameof(ConnectionsMax), ConnectionsMax, 1, ConnectionsMaxMax),
            (nameof(BodyBytesPerSecondMin), BodyBytesPerSecondMin, 1, BodyBytesMaxMax),
        ];
        (string Name, TimeSpan Value, TimeSpan Min)[] times =
        [
            (nameof(RequestHeadersTimeout), RequestHeadersTimeout, TimeoutMin),
            (nameof(KeepAliveTimeout), KeepAliveTimeout, TimeoutMin),
            (nameof(BodyTimeMax), BodyTimeMax, TimeoutMin),
            (nameof(BodyGraceTime), BodyGraceTime, BodyGraceTimeMin),
        ];
        // Written so that what is no number is refused too.
        return
        [
            .. numbers.Where(limit => !(limit.Value >= limit.Min && limit.Value <= limit.Max)).Select(limit => $"{limit.Name} is {limit.Value}: {limit.Min} to {limit.Max} were expected."),
            .. times.Where(limit => limit.Value < limit.Min || limit.Value > TimeoutMax).Select(limit => $"{limit.Name} is {limit.Value}: {limit.Min} to {TimeoutMax} were expected."),
        ];
    }
}
