using Silo.Core.Engine;

namespace Silo.Core.Workers;

/// <summary>Leaves in order: nothing new from the first call on, then the running tasks end or are given back after their grace, then the incarnation ends.</summary>
internal static class WorkerLeaving
{
    public static async Task RunAsync(WorkerSession session)
    {
        await session.LeaveRequested.WaitAsync();
        session.Ended.ThrowIfCancellationRequested();
        var executions = session.Executions;
        var backoff = session.Link.NewBackoff();
        var releaseAt = executions.Now + session.LeaveGrace!.Value;
        var released = false;
        while (true)
        {
            if (!released && executions.Now >= releaseAt)
            {
                released = true;
                executions.ReleaseRunning();
            }

            var untilRelease = released ? WorkerLimits.AnswerTime : Min(releaseAt - executions.Now, WorkerLimits.AnswerTime);
            var term = session.Term;
            var reply = await session.Link.TryAsync(door => door.LeaveAsync(new WorkerLeave(session.Incarnation)), untilRelease, session.Ended);
            if (reply is not null)
            {
                executions.Apply(reply.Orders);
                if (session.Settle(reply.Status, term))
                {
                    session.End(SessionEnd.Left);
                    return;
                }
            }

            if (reply?.Status == DoorStatus.StillHolding && executions.Queue.Held.Count > 0)
                await session.Emptied.WaitAsync(released ? session.BeatInterval : Min(releaseAt - executions.Now, session.BeatInterval), session.Ended);
            else
                await backoff.WaitAsync(session.Ended);
        }
    }

    private static TimeSpan Min(TimeSpan left, TimeSpan right) => left < right ? left : right;
}
