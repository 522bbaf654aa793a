using System.Buffers;
using Silo.Contracts.Problems;
using Silo.Core.Engine;
using Silo.Core.Storage;
using Silo.Gateway.Metrics;
using Silo.Gateway.Problems;
using Silo.Gateway.Requests;

namespace Silo.Gateway.Tasks.Streams;

/// <summary>Makes tasks of lines and stores them, group by group. What is wrong with one line is that line's answer only.</summary>
internal sealed class LineSubmitter(ISiloClient client, KnownNames names, BacklogGate backlog, SubmitTotals totals, GatewayOptions options)
{
    public SubmitLine RefuseLength(int number) => SubmitLine.Refused(number, ApiProblems.LineTooLong(options.LineBytesMax));

    public SubmitLine Read(int number, ReadOnlySequence<byte> line)
    {
        var utf8 = line.IsSingleSegment ? line.First : line.ToArray();
        if (number == 1 && utf8.Span.StartsWith("\uFEFF"u8))
            utf8 = utf8[3..];
        var problems = new RequestProblems();
        var request = JsonBody.Parse(utf8, options.Json.Client.SubmitTaskRequest, root: "", problems);
        if (request is null)
            return SubmitLine.Refused(number, ApiProblems.Of(problems));
        var task = new TaskSpecReader(problems, client.Now, options).Read(request, "", client.NewTaskId());
        if (!problems.Any)
            names.CheckPayload("", task, problems);
        return problems.Any ? SubmitLine.Refused(number, ApiProblems.Of(problems)) : SubmitLine.Of(number, task);
    }

    /// <summary>Leaves every line with its answer.</summary>
    public async Task SubmitAsync(IReadOnlyList<SubmitLine> group, CancellationToken cancellationToken)
    {
        await CheckAndStoreAsync(group, cancellationToken);
        // A conflict was counted as the store's answer.
        foreach (var refused in group.Where(static line => line.Problem is not null and not { Code: ProblemCodes.IdempotencyConflict }))
            totals.Refuse(refused.Problem!.Code);
    }

    private async Task CheckAndStoreAsync(IReadOnlyList<SubmitLine> group, CancellationToken cancellationToken)
    {
        await CheckNamesAsync(group.Where(line => line.IsOpen).ToList(), cancellationToken);
        var open = group.Where(line => line.IsOpen).ToList();
        if (open.Count == 0)
            return;
        if (await backlog.RefuseAsync(open.Count, cancellationToken) is { } full)
        {
            open.ForEach(line => line.Refuse(full));
            return;
        }

        try
        {
            var answers = await client.SubmitAsync(open.ConvertAll(line => line.Task!), cancellationToken);
            backlog.Took(open.Count);
            totals.Took(answers);
            foreach (var (line, answer) in open.Zip(answers))
                await AnswerAsync(line, answer, cancellationToken);
        }
        catch (StoreUnavailableException)
        {
            open.ForEach(line => line.Refuse(ApiProblems.StoreUnavailable()));
        }
        catch (StoreUnknownException)
        {
            open.ForEach(line => line.Refuse(ApiProblems.OutcomeUnknown([line.Task!.Id.Value])));
        }
    }

    private async Task CheckNamesAsync(List<SubmitLine> open, CancellationToken cancellationToken)
    {
        var found = open.ConvertAll(line => (Line: line, Problems: new RequestProblems()));
        var refusal = await names.CheckAsync(found.ConvertAll(item => ("", item.Line.Task!, item.Problems)), cancellationToken);
        foreach (var (line, problems) in found)
        {
            if (refusal is not null)
                line.Refuse(refusal);
            else if (problems.Any)
                line.Refuse(ApiProblems.Of(problems));
        }
    }

    private async Task AnswerAsync(SubmitLine line, InsertAnswer answer, CancellationToken cancellationToken)
    {
        if (answer.Kind == InsertKind.KeyConflict)
        {
            line.Refuse(ApiProblems.IdempotencyConflict(answer.Id.Value));
            return;
        }

        try
        {
            line.Submitted = await SubmitEndpoint.ShownAsync(line.Task!, answer, client, cancellationToken);
        }
        catch (Exception problem) when (problem is TimeoutException or ActorUnavailableException or StoreUnavailableException or StoreUnknownException)
        {
            // The task is stored whatever its state is: the answer goes without it.
            line.Submitted = SubmitEndpoint.Submitted(line.Task!, answer, client.Now);
        }
    }
}
