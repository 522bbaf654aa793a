using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Silo.Contracts.Json;
using Silo.Core.Engine;
using Silo.Core.Nodes;
using Silo.Core.Storage;
using Silo.Core.Tasks;
using Silo.Gateway.OpenApi;
using Silo.Gateway.Overview;
using Silo.Gateway.Requests;
using Silo.Gateway.Security;
using static Silo.Gateway.Metrics.MetricKind;

namespace Silo.Gateway.Metrics;

/// <summary><c>GET /metrics</c>. It answers whatever is away: what cannot be said then is absent, and which part it is has a metric of its own.</summary>
internal static class MetricsEndpoint
{
    /// <summary>How long a scrape waits for the scheduler and the store; Prometheus gives up after 10 s.</summary>
    public static readonly TimeSpan AnswerWithin = TimeSpan.FromSeconds(4);

    public static void MapMetrics(this IEndpointRouteBuilder app) => app.MapGet("/metrics", ReadAsync).RequireScope(Scope.Read)
        .WithTags("server").Describe("readMetrics", "Counters and gauges for Prometheus.")
        .Answers(new AnswerPart(StatusCodes.Status200OK, "Prometheus' text format 0.0.4.", "text/plain"));

    private static async Task<IResult> ReadAsync(HttpContext context, ISiloClient client, SchedulerView scheduler, SubmitTotals submits, TimeProvider time)
    {
        if (NoQuery.Refuse(context.Request) is { } refusal)
            return refusal;
        var text = new MetricText();
        using var late = new CancellationTokenSource(AnswerWithin, time);
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(late.Token, context.RequestAborted);
        var standsBy = context.RequestServices.GetService<IStandby>()?.ActiveElsewhere is not null;
        var reading = standsBy ? Task.FromResult<SchedulerSnapshot?>(null) : TryAsync(scheduler.ReadAsync, ended.Token);
        var counting = TryAsync(client.CountAsync, ended.Token);
        AddWhoIsThere(text, await reading, await counting is not null, standsBy);
        if (await reading is { } snapshot && !SchedulerView.IsStarting(snapshot))
            ClusterMetrics.AddScheduler(text, snapshot);
        if (await counting is { } counts)
            ClusterMetrics.AddCounts(text, counts);
        AddTotals(text, submits, context.RequestServices.GetService<OutcomeTotals>());
        ProcessMetrics.Add(text);
        return Results.Text(text.ToString(), MetricText.ContentType);
    }

    private static void AddWhoIsThere(MetricText text, SchedulerSnapshot? snapshot, bool counted, bool standsBy)
    {
        text.Add(Gauge, "silo_store_reachable", "1 when the store answered this server.", new MetricSample(counted ? 1 : 0));
        text.Add(Gauge, "silo_scheduler_acting", "1 when a scheduler answered this server and places tasks.", new MetricSample(snapshot is not null && !SchedulerView.IsStarting(snapshot) ? 1 : 0));
        text.Add(Gauge, "silo_standby", "1 while this server stands by for another one over the same database.", new MetricSample(standsBy ? 1 : 0));
    }

    private static void AddTotals(MetricText text, SubmitTotals submits, OutcomeTotals? outcomes)
    {
        text.Add(
            Counter, "silo_submitted_tasks_total", "Tasks that this server took, by what the store said.",
            new MetricSample(submits.Of(InsertKind.Inserted), ("answer", "stored")),
            new MetricSample(submits.Of(InsertKind.Duplicate), ("answer", "duplicate")),
            new MetricSample(submits.Of(InsertKind.KeyConflict), ("answer", "conflict")));
        text.Add(
            Counter, "silo_submit_refusals_total", "Submits, and lines of submit streams, that this server refused, by the code of the problem.",
            [.. submits.Refused.OrderBy(static refused => refused.Key, StringComparer.Ordinal).Select(static refused => new MetricSample(refused.Value, ("code", refused.Key)))]);
        if (outcomes is null)
            return;
        text.Add(
            Counter, "silo_outcomes_total", "Outcomes that nodes of this server recorded: ends, attempts that will be repeated, and what was given back at no cost.",
            [
                .. new[] { StoredState.Succeeded, StoredState.Failed, StoredState.Cancelled }.Select(state => new MetricSample(outcomes.Of(state), ("outcome", WireNames.Of(state)))),
                new MetricSample(outcomes.Of(StoredState.Waiting), ("outcome", "retry")),
                new MetricSample(outcomes.Released, ("outcome", "returned")),
            ]);
    }

    private static async Task<T?> TryAsync<T>(Func<CancellationToken, Task<T>> ask, CancellationToken ended)
        where T : class
    {
        try
        {
            return await ask(ended).WaitAsync(ended);
        }
        catch (Exception problem) when (problem is OperationCanceledException or TimeoutException or ActorUnavailableException or StoreUnavailableException or StoreUnknownException)
        {
            return null;
        }
    }
}
