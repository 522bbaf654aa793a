using System.Globalization;
using Silo.Contracts.Json;
using Silo.Contracts.Nodes;
using Silo.Contracts.Problems;
using Silo.Contracts.Tasks;
using Silo.Core.Engine;
using Silo.Core.Nodes;
using Silo.Core.Tasks;
using Silo.Gateway.Requests;

namespace Silo.Gateway.Nodes;

/// <summary>Checks a worker's calls and turns them into what its node's actor takes.</summary>
internal sealed class WorkerCallReader(RequestProblems problems)
{
    public const int LogLinesMax = 1000;
    public const int LogLineLengthMax = 4096;

    /// <summary>Everything a node can hold: its slots, what was sent ahead, and what is not yet recorded.</summary>
    public const int HeldMax = NodeLimits.SlotsMax + NodeLimits.LookAheadTasksMax + NodeLimits.UnrecordedMax;

    public static readonly TimeSpan LeaseWaitMax = TimeSpan.FromSeconds(30);

    public LeaseRequest Read(LeaseTasksRequest request) => new()
    {
        Incarnation = Incarnation(request.Incarnation),
        Number = problems.AtLeast("number", request.Number, 1),
        Max = problems.Between("max", request.Max, 1, NodeLimits.LeaseTasksMax),
        Wait = problems.Duration("waitSeconds", request.WaitSeconds ?? 0, TimeSpan.Zero, LeaseWaitMax),
    };

    public CompleteRequest Read(CompleteTasksRequest request) => new()
    {
        Incarnation = Incarnation(request.Incarnation),
        Reports = [.. problems.Items("reports", request.Reports, NodeLimits.CompleteTasksMax).Select(report => Report(report.Item, $"reports[{report.Index}]"))],
        Returned =
        [
            .. problems.Items("returned", request.Returned, HeldMax)
                .Select(task => new HeldAttempt(
                    Id($"returned[{task.Index}].id", task.Item.Id),
                    Attempt($"returned[{task.Index}]", task.Item.Attempt),
                    Dispatch($"returned[{task.Index}]", task.Item.Dispatch))),
        ],
    };

    public ProgressRequest Read(ReportProgressRequest request) => new()
    {
        Incarnation = Incarnation(request.Incarnation),
        Items = [.. problems.Items("items", request.Items, NodeLimits.SlotsMax).Select(item => Progress(item.Item, $"items[{item.Index}]"))],
    };

    public WorkerBeat Read(BeatRequest request) => new()
    {
        Incarnation = Incarnation(request.Incarnation),
        Load = request.Load is { } load
            ? new NodeLoad(problems.Between("load.cpuPercent", load.CpuPercent, 0d, 100d), problems.Between("load.memoryPercent", load.MemoryPercent, 0d, 100d))
            : null,
        Running = problems.Between("running", request.Running, 0, HeldMax),
        Started =
        [
            .. problems.Items("started", request.Started, HeldMax).Select(task => new RunningExecution(
                Id($"started[{task.Index}].id", task.Item.Id),
                Attempt($"started[{task.Index}]", task.Item.Attempt),
                problems.Duration($"started[{task.Index}].runningForSeconds", task.Item.RunningForSeconds, TimeSpan.Zero))),
        ],
        LastLease = problems.AtLeast("lastLease", request.LastLease, 0),
        Held = request.Held is { } held ? Digest(held) : null,
    };

    public WorkerInventory Read(string node, AdoptRequest request) => new()
    {
        Registration = new RegistrationReader(problems).Read(node, request.Registration, "registration."),
        Incarnation = Incarnation(request.Incarnation),
        Number = problems.AtLeast("number", request.Number, 1),
        Held = [.. problems.Items("held", request.Held, HeldMax).Select(held => Held(held.Item, $"held[{held.Index}].task"))],
    };

    public WorkerLeave Read(LeaveRequest request) => new(Incarnation(request.Incarnation));

    private HeldExecution Held(HeldPart held, string path)
    {
        var task = held.Task;
        var retry = task.Retry;
        var known = RetryPolicy.Default;
        return new HeldExecution(
            new TaskDispatch
            {
                Id = Id($"{path}.id", task.Id),
                Attempt = Attempt(path, task.Attempt),
                Dispatch = Dispatch(path, task.Dispatch),
                Type = problems.Name($"{path}.type", task.Type),
                Queue = problems.Name($"{path}.queue", task.Queue),
                Priority = problems.Between($"{path}.priority", task.Priority, TaskLimits.PriorityMin, TaskLimits.PriorityMax),
                RunAt = task.RunAt,
                Timeout = problems.Duration($"{path}.timeoutSeconds", task.TimeoutSeconds, TaskLimits.TimeoutMin, TaskLimits.TimeoutMax),
                Retry = new RetryPolicy
                {
                    // More than a client may ask for: every operator's retry allows one attempt on top.
                    AttemptsMax = (int)Math.Min(problems.AtLeast($"{path}.retry.attempts", retry.Attempts ?? known.AttemptsMax, 1), int.MaxValue),
                    BackoffInitial = problems.Duration($"{path}.retry.backoffSeconds", retry.BackoffSeconds ?? Seconds.Of(known.BackoffInitial), TimeSpan.Zero),
                    BackoffFactor = problems.Between($"{path}.retry.backoffFactor", retry.BackoffFactor ?? known.BackoffFactor, 1d, double.MaxValue),
                    BackoffMax = problems.Duration($"{path}.retry.backoffMaxSeconds", retry.BackoffMaxSeconds ?? Seconds.Of(known.BackoffMax), TimeSpan.Zero),
                    Jitter = problems.Between($"{path}.retry.jitter", retry.Jitter ?? known.Jitter, 0d, 1d),
                },
                Payload = task.Payload.Utf8,
                IdempotencyKey = problems.Text($"{path}.idempotencyKey", task.IdempotencyKey),
                StoreStart = task.StoreStart,
            },
            held.Returned);
    }

    private ExecutionReport Report(ReportPart report, string path)
    {
        if (report.Result.Utf8.Length > TaskLimits.ResultBytesMax)
            problems.Add($"{path}.result", ProblemCodes.ResultTooLarge, $"must be at most {TaskLimits.ResultBytesMax} bytes; {report.Result.Utf8.Length} were given");
        return new ExecutionReport
        {
            Id = Id($"{path}.id", report.Id),
            Attempt = Attempt(path, report.Attempt),
            Dispatch = Dispatch(path, report.Dispatch),
            End = problems.OneOf<ExecutionEnd>($"{path}.end", report.End),
            Result = report.Result.Utf8,
            Error = report.Error is { } error ? Error(error, $"{path}.error") : null,
            Ran = problems.Duration($"{path}.ranSeconds", report.RanSeconds, TimeSpan.Zero),
        };
    }

    private TaskError Error(ErrorPart error, string path) =>
        new(problems.Text($"{path}.code", error.Code, TaskLimits.NameLengthMax) ?? "", ShownText.Cut(error.Message, TaskLimits.ErrorMessageLengthMax));

    private TaskProgress Progress(TaskProgressPart item, string path)
    {
        var progress = new TaskProgress
        {
            Id = Id($"{path}.id", item.Id),
            Attempt = Attempt(path, item.Attempt),
            Percent = item.Percent is { } percent ? problems.Between($"{path}.percent", percent, 0d, 100d) : null,
            Message = item.Message is { } message ? ShownText.Cut(message, TaskLimits.ErrorMessageLengthMax) : null,
        };
        // Whatever a worker sends, no more of it goes on than any worker of ours would send.
        var lines = new LogTail();
        lines.Add(
            problems.Items($"{path}.logs", item.Logs, LogLinesMax).Select(line => ShownText.Cut(line.Item, LogLineLengthMax)),
            problems.Between($"{path}.logsDropped", item.LogsDropped ?? 0, 0, int.MaxValue - LogLinesMax));
        return progress with { Logs = lines.Lines, LogsDropped = lines.Dropped };
    }

    private HeldDigest Digest(DigestPart held)
    {
        if (held.Hash.Length != 16 || !ulong.TryParse(held.Hash, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var hash))
        {
            problems.Add("held.hash", ProblemCodes.BadText, "must be 16 hexadecimal digits");
            hash = 0;
        }

        return new HeldDigest(problems.Between("held.count", held.Count, 0, HeldMax), hash);
    }

    private TaskId Id(string field, Guid id)
    {
        if (id == Guid.Empty)
            problems.Add(field, ProblemCodes.BadId, "must not be the all-zero id");
        return new TaskId(id);
    }

    private int Attempt(string path, int attempt) => problems.Between($"{path}.attempt", attempt, 1, int.MaxValue);

    private long Dispatch(string path, long dispatch) => problems.AtLeast($"{path}.dispatch", dispatch, 0);

    private long Incarnation(long incarnation) => problems.AtLeast("incarnation", incarnation, 1);
}
