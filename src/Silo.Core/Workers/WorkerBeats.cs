using Silo.Core.Engine;
using Silo.Core.Nodes;

namespace Silo.Core.Workers;

/// <summary>Beats: the proof of life, with the load, long runs and a digest of what is held. An answered one extends the lease from the moment it was sent.</summary>
internal static class WorkerBeats
{
    public static async Task RunAsync(WorkerSession session)
    {
        var executions = session.Executions;
        while (true)
        {
            var sentAt = executions.Now;
            var term = session.Term;
            var beat = Make(session, sentAt);
            var reply = await session.Link.TryAsync(door => door.BeatAsync(beat), WorkerLimits.BeatAnswerTime, session.Ended);
            if (reply is not null)
            {
                if (session.Settle(reply.Status, term))
                    executions.ExtendLease(sentAt + session.Lease);
                executions.Apply(reply.Orders);
            }

            if (session.LeaveGrace is not null && executions.LeaseLapsed && executions.Queue.Running == 0)
            {
                WorkerLog.LeftUnanswered(session.Environment.Logger, session.Node, executions.Queue.Held.Count);
                session.End(SessionEnd.Unanswered);
            }

            var wait = sentAt + session.BeatInterval - executions.Now;
            await Task.Delay(wait > TimeSpan.Zero ? wait : TimeSpan.Zero, session.Environment.Time, session.Ended);
        }
    }

    private static WorkerBeat Make(WorkerSession session, TimeSpan now)
    {
        var executions = session.Executions;
        List<RunningExecution>? started = null;
        foreach (var execution in executions.Running)
        {
            var runningFor = now - execution.StartedAt;
            if (runningFor > NodeLimits.StoreStartAfter)
                (started ??= []).Add(new RunningExecution(execution.Item.Task.Id, execution.Item.Task.Attempt, runningFor));
        }

        return new WorkerBeat
        {
            Incarnation = session.Incarnation,
            Load = session.Environment.Load?.Read(),
            Running = executions.Queue.Executing,
            Started = (IReadOnlyList<RunningExecution>?)started ?? [],
            LastLease = session.LastLease,
            Held = executions.Queue.Held,
        };
    }
}
