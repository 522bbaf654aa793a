using Silo.Core.Engine;

namespace Silo.Core.Workers;

/// <summary>Leases: one numbered question always waits at the door. A number whose answer did not come is asked again, which repeats its batch.</summary>
internal static class WorkerLeases
{
    public static async Task RunAsync(WorkerSession session)
    {
        var backoff = session.Link.NewBackoff();
        while (session.LeaveGrace is null || session.LeaseUnanswered)
        {
            await session.AdoptedAsync();
            var term = session.Term;
            var request = Make(session);
            var reply = await session.Link.TryAsync(door => door.LeaseAsync(request), request.Wait + WorkerLimits.AnswerTime, session.Ended);
            if (term != session.Term)
                continue;
            if (reply is null)
            {
                session.LeaseUnanswered = true;
                await backoff.WaitAsync(session.Ended);
                continue;
            }

            session.Executions.Apply(reply.Orders);
            if (session.Settle(reply.Status, term))
            {
                backoff.Reset();
                Take(session, reply);
                continue;
            }

            if (reply.Status == DoorStatus.OutOfOrder)
            {
                WorkerLog.LeaseOutOfOrder(session.Environment.Logger, session.Node, request.Number, reply.Number);
                session.NextLease = Math.Max(1, reply.Number);
            }

            await backoff.WaitAsync(session.Ended);
        }
    }

    private static LeaseRequest Make(WorkerSession session) => new()
    {
        Incarnation = session.Incarnation,
        Number = session.NextLease,
        Max = session.Executions.Queue.Room,
        Wait = session.LeaveGrace is null ? WorkerLimits.LeaseWait : TimeSpan.Zero,
    };

    private static void Take(WorkerSession session, LeaseReply reply)
    {
        session.LeaseUnanswered = false;
        if (reply.Tasks.Count == 0)
            return;
        session.LastLease = reply.Number;
        session.NextLease = reply.Number + 1;
        session.Executions.Accept(reply.Tasks);
    }
}
