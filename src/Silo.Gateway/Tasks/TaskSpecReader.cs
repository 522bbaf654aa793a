using Silo.Contracts.Json;
using Silo.Contracts.Problems;
using Silo.Contracts.Tasks;
using Silo.Core.Queues;
using Silo.Core.Tasks;
using Silo.Gateway.Requests;

namespace Silo.Gateway.Tasks;

/// <summary>Checks a submitted task against the rules that need no outside knowledge, and makes a task of it.</summary>
/// <param name="now">The store's time.</param>
internal sealed class TaskSpecReader(RequestProblems problems, DateTimeOffset now, GatewayOptions options)
{
    public const double BackoffFactorMax = 1000;

    /// <param name="path">Path of the task in the request; empty for a single one.</param>
    /// <returns>A task that may be stored only if no problem was reported.</returns>
    public TaskSpec Read(SubmitTaskRequest request, string path, TaskId id)
    {
        string At(string field) => path.Length == 0 ? field : $"{path}.{field}";
        if (request.Type is null)
            problems.Add(At("type"), ProblemCodes.MissingField, "must be given");
        if (request.Payload.Utf8.Length > options.PayloadBytesMax)
            problems.Add(At("payload"), ProblemCodes.PayloadTooLarge, $"must be at most {options.PayloadBytesMax} bytes; {request.Payload.Utf8.Length} were given");
        return new TaskSpec
        {
            Id = id,
            Type = problems.Name(At("type"), request.Type),
            Queue = problems.Name(At("queue"), request.Queue ?? QueueSettings.DefaultName),
            Priority = problems.Between(At("priority"), request.Priority ?? TaskLimits.PriorityDefault, TaskLimits.PriorityMin, TaskLimits.PriorityMax, ", higher first"),
            RunAt = RunAt(request, At),
            Payload = request.Payload.Utf8,
            Retry = Retry(request.Retry, At("retry")),
            Timeout = request.TimeoutSeconds is { } seconds
                ? problems.Duration(At("timeoutSeconds"), seconds, TaskLimits.TimeoutMin, TaskLimits.TimeoutMax)
                : TaskLimits.TimeoutDefault,
            Placement = Placement(request.Placement, At("placement")),
            IdempotencyKey = problems.Text(At("idempotencyKey"), request.IdempotencyKey),
            CorrelationId = problems.Text(At("correlationId"), request.CorrelationId),
            ParentId = Parent(request.ParentId, At("parentId")),
            User = problems.Text(At("user"), request.User),
            Labels = problems.Labels(At("labels"), request.Labels),
        };
    }

    private DateTimeOffset RunAt(SubmitTaskRequest request, Func<string, string> at)
    {
        if (request.RunAt is not null && request.DelaySeconds is not null)
            problems.Add(at("delaySeconds"), ProblemCodes.ConflictingFields, "must not be given beside runAt");
        var due = now;
        if (request.DelaySeconds is { } seconds)
        {
            due = now + problems.Duration(at("delaySeconds"), seconds, TimeSpan.Zero, TaskLimits.DelayMax);
        }
        else if (request.RunAt is { } runAt)
        {
            var latest = now + TaskLimits.DelayMax;
            if (runAt < DateTimeOffset.UnixEpoch || runAt > latest)
                problems.Add(at("runAt"), ProblemCodes.OutOfRange, $"must lie between {DateTimeOffset.UnixEpoch:O} and {latest:O}");
            else
                due = runAt;
        }

        // Up, so that no fraction of a millisecond starts a task early.
        var milliseconds = due.ToUnixTimeMilliseconds();
        var whole = DateTimeOffset.FromUnixTimeMilliseconds(milliseconds);
        return whole < due && due > now ? whole.AddMilliseconds(1) : whole;
    }

    private RetryPolicy Retry(RetryTerms? terms, string path)
    {
        if (terms is null)
            return RetryPolicy.Default;
        var policy = RetryPolicy.Default;
        policy = policy with
        {
            AttemptsMax = problems.Between($"{path}.attempts", terms.Attempts ?? policy.AttemptsMax, 1, TaskLimits.AttemptsMaxMax),
            BackoffInitial = problems.Duration($"{path}.backoffSeconds", terms.BackoffSeconds ?? Seconds.Of(policy.BackoffInitial), TimeSpan.Zero),
            BackoffFactor = problems.Between($"{path}.backoffFactor", terms.BackoffFactor ?? policy.BackoffFactor, 1d, BackoffFactorMax),
            BackoffMax = problems.Duration($"{path}.backoffMaxSeconds", terms.BackoffMaxSeconds ?? Seconds.Of(policy.BackoffMax), TimeSpan.Zero),
            Jitter = problems.Between($"{path}.jitter", terms.Jitter ?? policy.Jitter, 0d, 1d),
        };
        if (policy.BackoffInitial > policy.BackoffMax && !problems.IsReported($"{path}.backoffMaxSeconds"))
            problems.Add($"{path}.backoffSeconds", ProblemCodes.OutOfRange, $"must be at most backoffMaxSeconds, which is {Seconds.Of(policy.BackoffMax)}");
        return policy;
    }

    private PlacementRule Placement(PlacementTerms? terms, string path)
    {
        if (terms is null)
            return PlacementRule.Anywhere;
        string? Node(string field, string? name) => name is null ? null : problems.Name($"{path}.{field}", name);
        var excluded = problems.Items($"{path}.excludeNodes", terms.ExcludeNodes, TaskLimits.ExcludedNodesMax)
            .Select(node => problems.Name($"{path}.excludeNodes[{node.Index}]", node.Item))
            .ToList();
        if (terms.Node is { } required && excluded.Contains(required))
            problems.Add($"{path}.node", ProblemCodes.ConflictingFields, "must not be among excludeNodes");
        return new PlacementRule
        {
            RequiredNode = Node("node", terms.Node),
            PreferredNode = Node("preferNode", terms.PreferNode),
            ExcludedNodes = excluded.Count == 0 ? null : excluded,
            RequiredLabels = problems.Labels($"{path}.labels", terms.Labels),
        };
    }

    private TaskId? Parent(string? text, string field)
    {
        if (text is null)
            return null;
        if (TaskId.TryParse(text, out var id))
            return id;
        problems.Add(field, ProblemCodes.BadId, "must be a task id: a UUID");
        return null;
    }
}
