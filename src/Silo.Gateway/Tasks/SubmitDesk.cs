using Silo.Contracts.Tasks;
using Silo.Core.Engine;
using Silo.Core.Storage;
using Silo.Core.Tasks;
using Silo.Gateway.Metrics;
using Silo.Gateway.Problems;
using Silo.Gateway.Requests;

namespace Silo.Gateway.Tasks;

/// <summary>Checks and stores one task or an array of them, whichever way they come: all of them pass, or none is stored.</summary>
internal sealed class SubmitDesk(ISiloClient client, KnownNames names, BacklogGate backlog, SubmitTotals totals, GatewayOptions options)
{
    private const string Root = "tasks";

    public static bool IsArray(ReadOnlyMemory<byte> utf8) => utf8.Span.TrimStart(" \t\r\n"u8) is [(byte)'[', ..];

    /// <param name="utf8">A task or an array of them.</param>
    /// <param name="problems">What is wrong beside the tasks; they are refused together.</param>
    /// <returns>What was stored, or why nothing was.</returns>
    /// <exception cref="StoreUnavailableException">Nothing was stored.</exception>
    public async Task<(SubmitTaken Taken, ProblemResult? Refusal)> TakeAsync(ReadOnlyMemory<byte> utf8, RequestProblems problems, CancellationToken cancellationToken)
    {
        try
        {
            var (taken, refusal) = await CheckAndStoreAsync(utf8, problems, cancellationToken);
            if (refusal is not null)
                totals.Refuse(refusal.Problem.Code);
            return (taken, refusal);
        }
        catch (Exception failure) when (ApiProblems.OfFailure(failure) is { } problem)
        {
            totals.Refuse(problem.Problem.Code);
            throw;
        }
    }

    private async Task<(SubmitTaken Taken, ProblemResult? Refusal)> CheckAndStoreAsync(ReadOnlyMemory<byte> utf8, RequestProblems problems, CancellationToken cancellationToken)
    {
        var tasks = IsArray(utf8) ? ReadMany(utf8, problems) : ReadOne(utf8, problems);
        if (problems.Count < RequestProblems.ListedMax && await names.CheckAsync(WithGoodNames(tasks), problems, cancellationToken) is { } notNow && !problems.Any)
            return (default, notNow);
        foreach (var (path, task) in tasks)
            names.CheckPayload(path, task, problems);
        if (problems.Any)
            return (default, ApiProblems.Of(problems));

        var specs = tasks.Select(task => task.Task).ToList();
        if (await backlog.RefuseAsync(specs.Count, cancellationToken) is { } full)
            return (default, full);
        try
        {
            var answers = specs.Count == 0 ? [] : await client.SubmitAsync(specs, cancellationToken);
            backlog.Took(specs.Count);
            totals.Took(answers);
            return (new SubmitTaken(specs, answers), null);
        }
        catch (StoreUnknownException)
        {
            return (default, ApiProblems.OutcomeUnknown([.. specs.Select(task => task.Id.Value)]));
        }
    }

    private List<(string Path, TaskSpec Task)> ReadOne(ReadOnlyMemory<byte> utf8, RequestProblems problems) =>
        JsonBody.Parse(utf8, options.Json.Client.SubmitTaskRequest, root: "", problems) is { } request
            ? [("", new TaskSpecReader(problems, client.Now, options).Read(request, "", client.NewTaskId()))]
            : [];

    private List<(string Path, TaskSpec Task)> ReadMany(ReadOnlyMemory<byte> utf8, RequestProblems problems)
    {
        var requests = JsonBody.Parse(utf8, options.Json.Client.IReadOnlyListSubmitTaskRequest, Root, problems);
        var reader = new TaskSpecReader(problems, client.Now, options);
        return [.. problems.Items(Root, requests, options.BatchTasksMax).Select(Read)];

        (string, TaskSpec) Read((int Index, SubmitTaskRequest Request) item)
        {
            var path = $"{Root}[{item.Index}]";
            return (path, reader.Read(item.Request, path, client.NewTaskId()));
        }
    }

    // A name that is none was reported for its form; whether it is known is no further news.
    private static List<(string Path, TaskSpec Task)> WithGoodNames(List<(string Path, TaskSpec Task)> tasks) =>
        [.. tasks.Where(task => task.Task.Type != FieldRules.NoName && task.Task.Queue != FieldRules.NoName)];
}

/// <param name="Specs">In the order given.</param>
/// <param name="Answers">One for each.</param>
internal readonly record struct SubmitTaken(IReadOnlyList<TaskSpec> Specs, IReadOnlyList<InsertAnswer> Answers);
