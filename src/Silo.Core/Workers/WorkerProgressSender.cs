using Silo.Core.Engine;

namespace Silo.Core.Workers;

/// <summary>Sends progress and log lines at a bounded pace. They are live hints: what cannot be sent is dropped.</summary>
internal static class WorkerProgressSender
{
    public static async Task RunAsync(WorkerSession session)
    {
        var progress = session.Executions.Progress;
        while (!session.Ended.IsCancellationRequested)
        {
            await progress.Ready.WaitAsync();
            var items = progress.Take();
            if (items.Count == 0)
                continue;

            var term = session.Term;
            var request = new ProgressRequest { Incarnation = session.Incarnation, Items = items };
            var reply = await session.Link.TryAsync(door => door.ProgressAsync(request), WorkerLimits.AnswerTime, session.Ended);
            if (reply is not null)
            {
                session.Settle(reply.Status, term);
                session.Executions.Apply(reply.Orders);
            }

            await Task.Delay(WorkerLimits.ProgressInterval, session.Environment.Time, session.Ended);
        }
    }
}
