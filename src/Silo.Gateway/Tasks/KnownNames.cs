using Silo.Contracts.Problems;
using Silo.Core.Engine;
using Silo.Core.Handlers;
using Silo.Core.Queues;
using Silo.Core.Tasks;
using Silo.Gateway.Overview;
using Silo.Gateway.Problems;
using Silo.Gateway.Requests;

namespace Silo.Gateway.Tasks;

/// <summary>Refuses tasks for queues and types that nobody knows: a typing error should not wait for ever.</summary>
/// <param name="unoffered">Types that this process could offer under other settings.</param>
internal sealed class KnownNames(SchedulerView scheduler, IHandlerCatalog? handlers, IEnumerable<UnofferedTaskType> unoffered)
{
    /// <summary>Names that a refusal lists when none is close.</summary>
    private const int ShownMax = 10;

    /// <param name="tasks">The tasks with their paths in the request.</param>
    /// <returns>A refusal when it cannot be said now what is known; else null, and what is unknown is among the problems.</returns>
    public Task<ProblemResult?> CheckAsync(IReadOnlyList<(string Path, TaskSpec Task)> tasks, RequestProblems problems, CancellationToken cancellationToken) =>
        CheckAsync([.. tasks.Select(task => (task.Path, task.Task, problems))], cancellationToken);

    /// <inheritdoc cref="CheckAsync(IReadOnlyList{ValueTuple{string, TaskSpec}}, RequestProblems, CancellationToken)"/>
    /// <param name="tasks">The tasks with their paths, and where the problems of each go.</param>
    public async Task<ProblemResult?> CheckAsync(IReadOnlyList<(string Path, TaskSpec Task, RequestProblems Problems)> tasks, CancellationToken cancellationToken)
    {
        var snapshot = await scheduler.ReadRecentAsync(fresh: false, cancellationToken);
        if (snapshot is null || tasks.Any(task => !Knows(snapshot, task.Task)))
            snapshot = await scheduler.ReadRecentAsync(fresh: true, cancellationToken);
        if (tasks.All(task => Knows(snapshot, task.Task)))
            return null;
        if (snapshot is null || SchedulerView.IsStarting(snapshot))
            return ApiProblems.NotReady("The scheduler is starting, so it cannot be said which queues and types there are.");

        foreach (var (path, task, problems) in tasks)
        {
            if (!KnowsQueue(snapshot, task.Queue))
                Report(problems, path, "queue", ProblemCodes.UnknownQueue, task.Queue, snapshot.Queues.Select(queue => queue.Settings.Name).Append(QueueSettings.DefaultName));
            if (!KnowsType(snapshot, task.Type))
                Report(problems, path, "type", ProblemCodes.UnknownType, task.Type, Types(snapshot), unoffered.FirstOrDefault(known => known.Type == task.Type)?.Remedy);
        }

        return null;
    }

    /// <summary>The form of payloads whose handler is here; those of other nodes' handlers are theirs to judge.</summary>
    public void CheckPayload(string path, TaskSpec task, RequestProblems problems)
    {
        if (handlers?.Find(task.Type)?.Check(task.Payload) is { } problem)
            problems.Add(path.Length == 0 ? problem.Field : $"{path}.{problem.Field}", problem.Code, problem.Rule);
    }

    private bool Knows(SchedulerSnapshot? snapshot, TaskSpec task) => KnowsQueue(snapshot, task.Queue) && KnowsType(snapshot, task.Type);

    private static bool KnowsQueue(SchedulerSnapshot? snapshot, string queue) =>
        queue == QueueSettings.DefaultName || snapshot?.Queues.Any(known => known.Settings.Name == queue) == true;

    private bool KnowsType(SchedulerSnapshot? snapshot, string type) =>
        handlers?.Find(type) is not null || snapshot?.Nodes.Any(node => node.Registration.Types.Contains(type)) == true;

    private IEnumerable<string> Types(SchedulerSnapshot snapshot) => snapshot.Nodes.SelectMany(node => node.Registration.Types).Concat(handlers?.Types ?? []);

    private static string Shown(IReadOnlyList<string> known) =>
        known.Count == 0 ? "none is known" : $"known are {string.Join(", ", known.Take(ShownMax))}{(known.Count > ShownMax ? $" and {known.Count - ShownMax} more" : "")}";

    private static void Report(RequestProblems problems, string path, string field, string code, string given, IEnumerable<string> known, string? remedy = null)
    {
        var hint = remedy ?? (NearestName.Among(known, given) is { } nearest ? $"the nearest is '{nearest}'" : Shown([.. known.Distinct().Order(StringComparer.Ordinal)]));
        problems.Add(path.Length == 0 ? field : $"{path}.{field}", code, $"must be a known {field}; '{given}' is not: {hint}");
    }
}
