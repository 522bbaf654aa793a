using Silo.Core.Engine;
using Silo.Core.Nodes;

namespace Silo.Core.Workers;

/// <summary>Sends reports and give-backs in groups, and repeats each until it is answered.</summary>
internal static class WorkerCompletes
{
    public static async Task RunAsync(WorkerSession session)
    {
        var inFlight = 0;
        var executions = session.Executions;
        while (!session.Ended.IsCancellationRequested)
        {
            // The wake-up is a turn of its own, behind the handlers that return now: under load a group forms without waiting for one.
            await executions.OutboxReady.WaitAsync();
            while (inFlight < WorkerLimits.CompletesInFlightMax)
            {
                var batch = executions.Queue.TakeBatch(NodeLimits.CompleteTasksMax, WorkerLimits.CompleteResultBytesMax);
                if (batch.Count == 0)
                    break;
                inFlight++;
                _ = session.GuardAsync(SendAsync);

                async Task SendAsync(WorkerSession current)
                {
                    await SendUntilAnsweredAsync(current, batch);
                    inFlight--;
                    executions.OutboxReady.Set();
                    executions.StartWaiting();
                }
            }
        }
    }

    private static async Task SendUntilAnsweredAsync(WorkerSession session, List<WorkItem> batch)
    {
        var backoff = session.Link.NewBackoff();
        while (true)
        {
            await session.AdoptedAsync();
            // An adoption may have taken give-backs out of the group meanwhile.
            batch.RemoveAll(static item => item.Phase == WorkPhase.Gone);
            if (batch.Count == 0)
                return;
            var term = session.Term;
            var request = Make(session, batch);
            var reply = await session.Link.TryAsync(door => door.CompleteAsync(request), WorkerLimits.AnswerTime, session.Ended);
            if (reply is not null && session.Settle(reply.Status, term) && Take(session, request, reply, batch))
                return;
            await backoff.WaitAsync(session.Ended);
        }
    }

    private static CompleteRequest Make(WorkerSession session, List<WorkItem> batch)
    {
        var reports = new List<ExecutionReport>(batch.Count);
        List<HeldAttempt>? returned = null;
        foreach (var item in batch)
        {
            if (item.Report is { } report)
                reports.Add(report);
            else
                (returned ??= []).Add(item.Key);
        }

        return new CompleteRequest
        {
            Incarnation = session.Incarnation,
            Reports = reports,
            Returned = (IReadOnlyList<HeldAttempt>?)returned ?? [],
        };
    }

    private static bool Take(WorkerSession session, CompleteRequest request, CompleteReply reply, List<WorkItem> batch)
    {
        if (reply.Answers.Count != request.Reports.Count)
        {
            WorkerLog.AnswersMissing(session.Environment.Logger, session.Node, request.Reports.Count, reply.Answers.Count);
            return false;
        }

        foreach (var item in batch)
            session.Executions.Queue.Answer(item);
        if (session.Environment.Observer is { } observer)
        {
            foreach (var answer in reply.Answers)
                observer.Answered(answer);
        }

        session.CheckEmptied();
        return true;
    }
}
