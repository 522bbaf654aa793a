using System.Globalization;
using Silo.Contracts.Json;
using Silo.Contracts.Nodes;
using Silo.Contracts.Tasks;
using Silo.Core.Engine;
using Silo.Core.Nodes;

namespace Silo.Client.Http;

/// <summary>A worker's calls as the API takes them.</summary>
internal static class NodeRequests
{
    public static RegisterRequest Of(NodeRegistration registration) => new()
    {
        Instance = registration.Instance,
        Slots = registration.Slots,
        Weight = registration.Weight,
        Tier = WireNames.Of(registration.Tier),
        Types = registration.Types,
        Labels = registration.Labels,
        Kind = registration.Kind,
        BeatIntervalSeconds = Seconds.Of(registration.BeatInterval),
    };

    public static LeaseTasksRequest Of(LeaseRequest request, TimeSpan wait) => new()
    {
        Incarnation = request.Incarnation,
        Number = request.Number,
        Max = request.Max,
        WaitSeconds = Seconds.Of(wait),
    };

    public static ReportPart Of(ExecutionReport report) => new()
    {
        Id = report.Id.Value,
        Attempt = report.Attempt,
        Dispatch = report.Dispatch,
        End = WireNames.Of(report.End),
        Result = new RawJson(report.Result),
        Error = report.Error is { } error ? new ErrorPart(error.Code, error.Message) : null,
        RanSeconds = Seconds.Of(report.Ran),
    };

    public static AttemptPart Of(HeldAttempt held) => new(held.Id.Value, held.Attempt, held.Dispatch);

    public static ReportProgressRequest Of(ProgressRequest request) => new()
    {
        Incarnation = request.Incarnation,
        Items = [.. request.Items.Select(Of)],
    };

    public static BeatRequest Of(WorkerBeat beat) => new()
    {
        Incarnation = beat.Incarnation,
        Load = beat.Load is { } load ? new LoadPart(load.CpuPercent, load.MemoryPercent) : null,
        Running = beat.Running,
        Started = [.. beat.Started.Select(task => new RunningPart(task.Id.Value, task.Attempt, Seconds.Of(task.RunningFor)))],
        LastLease = beat.LastLease,
        Held = beat.Held is { } held ? new DigestPart(held.Count, held.Hash.ToString("x16", CultureInfo.InvariantCulture)) : null,
    };

    /// <summary>Payloads stay here: whoever asks for an inventory wants to know what is held, and reads the rest in the store.</summary>
    public static AdoptRequest Of(WorkerInventory inventory) => new()
    {
        Registration = Of(inventory.Registration),
        Incarnation = inventory.Incarnation,
        Number = inventory.Number,
        Held = [.. inventory.Held.Select(held => new HeldPart(Of(held.Task), held.Returned))],
    };

    private static LeasedTask Of(TaskDispatch task) => new()
    {
        Id = task.Id.Value,
        Attempt = task.Attempt,
        Dispatch = task.Dispatch,
        Type = task.Type,
        Queue = task.Queue,
        Priority = task.Priority,
        RunAt = task.RunAt,
        TimeoutSeconds = Seconds.Of(task.Timeout),
        Retry = new RetryTerms
        {
            Attempts = task.Retry.AttemptsMax,
            BackoffSeconds = Seconds.Of(task.Retry.BackoffInitial),
            BackoffFactor = task.Retry.BackoffFactor,
            BackoffMaxSeconds = Seconds.Of(task.Retry.BackoffMax),
            Jitter = task.Retry.Jitter,
        },
        IdempotencyKey = task.IdempotencyKey ?? task.Id.ToString(),
        StoreStart = task.StoreStart,
    };

    private static TaskProgressPart Of(TaskProgress progress) => new()
    {
        Id = progress.Id.Value,
        Attempt = progress.Attempt,
        Percent = progress.Percent,
        Message = progress.Message,
        Logs = progress.Logs,
        LogsDropped = progress.LogsDropped == 0 ? null : progress.LogsDropped,
    };
}
