using Silo.Core.Tasks;
using Silo.Gateway;

namespace Silo.Cli.Configuration;

/// <summary>The limits of the HTTP API. Their defaults are the gateway's own.</summary>
internal static class LimitSettings
{
    private static readonly GatewayOptions Defaults = new();

    public static Setting<long> Body { get; } = new(
        "limits.body", SettingForms.Bytes(GatewayOptions.BodyBytesMin, GatewayOptions.BodyBytesMaxMax), "The largest body of a request; a stream of tasks is bounded by the line instead.")
    {
        UsedBy = "up, serve",
        Default = "8MiB",
    };

    public static Setting<long> Bodies { get; } = new(
        "limits.bodies", SettingForms.Bytes(GatewayOptions.BodyBytesMin, GatewayOptions.BodiesBytesMaxMax), "Memory of all bodies at once; at least limits.body.")
    {
        UsedBy = "up, serve",
        Default = "64MiB",
    };

    public static Setting<long> Payload { get; } = new(
        "limits.payload", SettingForms.Bytes(GatewayOptions.PayloadBytesMin, TaskLimits.PayloadBytesMax), "The largest payload of a task; a line of a stream may have 1 MiB more.")
    {
        UsedBy = "up, serve",
        Default = "1MiB",
    };

    public static Setting<int> Depth { get; } = new(
        "limits.depth", SettingForms.WholeNumber(GatewayOptions.JsonDepthMin, GatewayOptions.JsonDepthMaxMax), "Levels of JSON in a request; the node protocol takes 64 more.")
    {
        UsedBy = "up, serve",
        Default = $"{Defaults.JsonDepthMax}",
    };

    public static Setting<int> Batch { get; } = new("limits.batch", SettingForms.WholeNumber(1, GatewayOptions.BatchTasksMaxMax), "Tasks in one array.")
    {
        UsedBy = "up, serve",
        Default = $"{Defaults.BatchTasksMax}",
    };

    public static Setting<long> Backlog { get; } = new(
        "limits.backlog", SettingForms.WholeNumber(1L, GatewayOptions.BacklogMaxMax), "Tasks that may wait; while there are more, submits are refused.")
    {
        UsedBy = "up, serve",
        Default = $"{Defaults.BacklogMax}",
    };

    public static Setting<int> Readers { get; } = new(
        "limits.readers", SettingForms.WholeNumber(0, GatewayOptions.ReadersMaxMax), "How many may follow events and logs at a time.")
    {
        UsedBy = "up, serve",
        Default = $"{Defaults.EventReadersMax}",
    };

    public static Setting<int> Connections { get; } = new("limits.connections", SettingForms.WholeNumber(1, GatewayOptions.ConnectionsMaxMax), "Connections at a time.")
    {
        UsedBy = "up, serve",
        Default = $"{Defaults.ConnectionsMax}",
    };

    public static Setting<TimeSpan> HeaderTime { get; } = new(
        "limits.header-time", SettingForms.Duration(GatewayOptions.TimeoutMin, GatewayOptions.TimeoutMax), "How long a request's headers may take.")
    {
        UsedBy = "up, serve",
        Default = $"{Defaults.RequestHeadersTimeout.TotalSeconds}s",
    };

    public static Setting<TimeSpan> IdleTime { get; } = new(
        "limits.idle-time", SettingForms.Duration(GatewayOptions.TimeoutMin, GatewayOptions.TimeoutMax), "How long a connection may be idle between requests.")
    {
        UsedBy = "up, serve",
        Default = $"{Defaults.KeepAliveTimeout.TotalSeconds}s",
    };

    public static Setting<TimeSpan> BodyTime { get; } = new(
        "limits.body-time", SettingForms.Duration(GatewayOptions.TimeoutMin, GatewayOptions.TimeoutMax), "How long a body, or a line of a stream, may take to arrive.")
    {
        UsedBy = "up, serve",
        Default = $"{Defaults.BodyTimeMax.TotalSeconds}s",
    };

    public static Setting<long> BodyRate { get; } = new(
        "limits.body-rate", SettingForms.Bytes(1, GatewayOptions.BodyBytesMaxMax), "Bytes a second at which a body must arrive, once limits.body-grace is over.")
    {
        UsedBy = "up, serve",
        Default = $"{Defaults.BodyBytesPerSecondMin}",
    };

    public static Setting<TimeSpan> BodyGrace { get; } = new(
        "limits.body-grace", SettingForms.Duration(GatewayOptions.BodyGraceTimeMin, GatewayOptions.TimeoutMax), "How long a body may be slower than limits.body-rate.")
    {
        UsedBy = "up, serve",
        Default = $"{Defaults.BodyGraceTime.TotalSeconds}s",
    };

    public static IReadOnlyList<Setting> All { get; } = [Body, Bodies, Payload, Depth, Batch, Backlog, Readers, Connections, HeaderTime, IdleTime, BodyTime, BodyRate, BodyGrace];
}
