using System.Net;
using Microsoft.Extensions.Logging;
using Silo.Cli.Stores;
using Silo.Contracts.Json;
using Silo.Core.Nodes;
using Silo.Core.Workers;

namespace Silo.Cli.Configuration;

/// <summary>Every setting there is: options, environment, files, their schema and their reference all come from here.</summary>
internal static class Settings
{
    /// <summary>The store that connection is for.</summary>
    public const string Postgres = "postgres";

    /// <summary>Roles of a silo that is not for everything; web is what other systems call a gateway.</summary>
    public const string GatewayRole = "gateway", WorkerRole = "worker", WebRole = "web";

    private const string Clients = "worker, workers start and every verb that calls a server";

    public static Setting<Uri> Server { get; } = new("server", SettingForms.ServerAddress, "Address of the server.")
    {
        UsedBy = Clients,
        Default = "http://127.0.0.1:7070",
    };

    public static Setting<string> ApiKey { get; } = new(
        "api-key", SettingForms.Text("KEY"), "The API key: up asks callers for it and lets it do everything, the other verbs send it. Without any key, only this machine is served.")
    {
        UsedBy = $"up, serve, {Clients}",
        IsSecret = true,
    };

    public static Setting<string> ApiKeyFile { get; } = new(
        "api-key-file", SettingForms.Text("FILE"), "Keys with scopes, one 'name:scopes:sha256' per line as 'silo keys new' prints them.")
    {
        UsedBy = "up, serve",
    };

    public static Setting<IPEndPoint> Listen { get; } = new("listen", SettingForms.Endpoint, "Where the API is served; port 0 takes a free one.")
    {
        UsedBy = "up, serve, doctor",
        Default = "127.0.0.1:7070",
    };

    public static Setting<string> Store { get; } = new(
        "store", SettingForms.OneOf("STORE", "sqlite", Postgres), "Where tasks are kept: sqlite is a file of this machine, postgres a database that connection names (the demo makes one of its own).")
    {
        UsedBy = "up, doctor, demo",
        Default = "sqlite",
    };

    public static Setting<string> Connection { get; } = new(
        "connection", SettingForms.Text("URL"), "The database of the store postgres: postgresql://USER:PASSWORD@HOST:5432/DATABASE, or Npgsql's keywords.")
    {
        UsedBy = "up, serve, doctor",
        OtherVariable = "DATABASE_URL",
        DefaultInWords = "`PGHOST`, `PGPORT`, `PGDATABASE`, `PGUSER`, `PGPASSWORD` and `PGSSLMODE`, which also fill in what the connection leaves out",
        IsSecret = true,
        Mask = PostgresAddress.Masked,
    };

    public static Setting<string> Data { get; } = new("data", SettingForms.Text("DIR"), "Folder of the database file silo.db, and of what workers keeps; made when it is absent.")
    {
        UsedBy = "up, workers, doctor",
        Default = ".silo",
    };

    public static Setting<string> Db { get; } = new("db", SettingForms.Text("FILE"), "The database file itself, instead of data.") { UsedBy = "up, doctor" };

    public static Setting<TimeSpan> Retention { get; } = new(
        "retention", SettingForms.Duration(TimeSpan.FromDays(36_500), "DAYS", 'd'), "How long finished tasks are kept; a bare number is days, 12h is half of one.")
    {
        UsedBy = "up, serve",
        Default = "30d",
    };

    public static Setting<TimeSpan> ForgetNodes { get; } = new(
        "forget-nodes", SettingForms.Duration(TimeSpan.FromDays(36_500), "DAYS", 'd'), "How long nodes that have left or died stay on the list; a bare number is days.")
    {
        UsedBy = "up, serve",
        Default = "7d",
    };

    public static Setting<int> Slots { get; } = new(
        "slots", SettingForms.WholeNumber(0, NodeLimits.SlotsMax), "Tasks run at once in this process; 0, for up only, leaves all work to workers that join.")
    {
        UsedBy = "up, serve, worker, workers start",
        Default = $"{Environment.ProcessorCount}",
        DefaultInWords = "the number of processors",
    };

    public static Setting<string> FilesRoot { get; } = new("files-root", SettingForms.Folder, "Folder below which file.digest may read. Without one there is no file.digest here.")
    {
        UsedBy = "up, serve, worker, workers start",
    };

    public static Setting<string[]> AllowHttpPrivate { get; } = new(
        "allow-http-private", SettingForms.List(SettingForms.RangeOrHost), "Ranges, addresses and hosts off the public internet that http tasks may reach, such as 10.0.0.0/8.")
    {
        UsedBy = "up, serve, worker, workers start",
        Shape = SettingShape.List,
    };

    public static Setting<string[]> AllowProcess { get; } = new(
        "allow-process", SettingForms.List(SettingForms.Program), "Programs that process tasks may run, with any arguments. Without one there are no process tasks here.")
    {
        UsedBy = "up, serve, worker, workers start",
        Shape = SettingShape.List,
    };

    public static Setting<string[]> AllowProcessEnv { get; } = new(
        "allow-process-env", SettingForms.List(SettingForms.VariableName), "Environment variables that process tasks may set.")
    {
        UsedBy = "up, serve, worker, workers start",
        Shape = SettingShape.List,
    };

    public static Setting<string> Log { get; } = new(
        "log", SettingForms.OneOf("LEVEL", Names<LogLevel>()), $"How much is logged to the error stream: {WireNames.All<LogLevel>()}.")
    {
        UsedBy = "up, serve, worker, workers start",
        Default = "warning",
    };

    public static Setting<string> Name { get; } = new("name", SettingForms.Text("NAME"), "The node's name, unique among nodes; workers start adds -1, -2 and so on.")
    {
        UsedBy = "worker, workers start",
        Default = Environment.MachineName,
        DefaultInWords = "the machine's name",
    };

    public static Setting<int?> Weight { get; } = new(
        "weight", SettingForms.WholeNumberOrAuto(1, NodeLimits.WeightMax), "Share under the weighted strategy; auto follows the machine's load.")
    {
        UsedBy = "serve, worker, workers start",
        Default = "auto",
    };

    public static Setting<string> Tier { get; } = new(
        "tier", SettingForms.OneOf("TIER", Names<NodeTier>()), $"{WireNames.All<NodeTier>()}: a fallback node is used only when no primary one is there.")
    {
        UsedBy = "serve, worker, workers start",
        Default = "primary",
    };

    public static Setting<Dictionary<string, string>> Label { get; } = new("label", SettingForms.Labels, "What tasks can ask for, such as gpu=yes.")
    {
        UsedBy = "serve, worker, workers start",
        Shape = SettingShape.Map,
    };

    public static Setting<TimeSpan> Grace { get; } = new(
        "grace", SettingForms.Duration(WorkerOptions.GraceMax), "How long running tasks may go on when the worker is told to stop.")
    {
        UsedBy = "serve, worker, workers start",
        Default = "20s",
    };

    public static Setting<string> Ledger { get; } = new(
        "ledger", SettingForms.Text("FILE"), "Append a JSON line for every execution that starts or ends, and for every answer to an outcome.")
    {
        UsedBy = "serve, worker, workers start",
    };

    public static Setting<string> Role { get; } = new(
        "role", SettingForms.OneOf("ROLE", "all", GatewayRole, WorkerRole, WebRole), "What a silo is for: all runs tasks and takes clients, gateway (or web) runs none, worker takes no Orleans clients.")
    {
        UsedBy = "serve",
        OtherVariable = "NODE_ROLE",
        Default = "all",
    };

    public static Setting<string> SiloName { get; } = new("silo-name", SettingForms.Text("NAME"), "The silo's name, and that of its node: unique in the cluster, and the same after a restart.")
    {
        UsedBy = "serve",
        OtherVariable = "POD_NAME",
        Default = Environment.MachineName,
        DefaultInWords = "the machine's name",
    };

    public static Setting<string> ClusterId { get; } = new("cluster-id", SettingForms.Text("ID"), "Silos with the same id and database are one cluster.")
    {
        UsedBy = "serve",
        Default = "silo",
    };

    public static Setting<IPAddress> Advertise { get; } = new("advertise", SettingForms.Address, "Where the other silos reach this one.")
    {
        UsedBy = "serve",
        OtherVariable = "POD_IP",
        DefaultInWords = "the address of listen, else the machine's only one",
    };

    public static Setting<int> SiloPort { get; } = new("silo-port", SettingForms.WholeNumber(1, 65_535), "The port for other silos.") { UsedBy = "serve", Default = "11111" };

    public static Setting<int> GatewayPort { get; } = new("gateway-port", SettingForms.WholeNumber(0, 65_535), "The port for clients of the Orleans SDK; 0 takes none.")
    {
        UsedBy = "serve",
        Default = "30000",
    };

    /// <summary>In the order of the reference.</summary>
    public static IReadOnlyList<Setting> All { get; } =
        [Server, ApiKey, ApiKeyFile, Listen, Store, Connection, Data, Db, Retention, ForgetNodes, Slots, FilesRoot, AllowHttpPrivate, AllowProcess, AllowProcessEnv, Log, Name, Weight, Tier, Label, Grace, Ledger, Role, SiloName, ClusterId, Advertise, SiloPort, GatewayPort, .. LimitSettings.All];

    private static string[] Names<TEnum>()
        where TEnum : struct, Enum => [.. Enum.GetValues<TEnum>().Select(WireNames.Of)];
}
